// Has the engine build an image of a stack: what is sent, how long it may take, and what it is called afterwards.
import { BUILT_PREFIX } from '../../core/build/built-image.ts';
import { platformArguments } from '../../core/build/platform-arguments.ts';
import type { ActionOf } from '../../model/action.ts';
import type { DesiredStack } from '../../model/desired.ts';
import { type Fault, fault, isFault } from '../../model/errors.ts';
import { BUILT_LABEL } from '../../model/labels.ts';
import type { LocalImage } from '../../model/resolved.ts';
import type { ImageInput } from '../stack/service-image.ts';
import type { HandlerContext } from './context.ts';

type BuildImage = ActionOf<'buildImage'>;

/** Lines of its log that are kept with the deploy. */
const MOST_LINES = 500;

/** Throws BuildFailed (version): the same is not built again until what it is built from changes. */
export async function buildImage(action: BuildImage, context: HandlerContext): Promise<void> {
  const { deps, desired, runtime } = context;
  const { image, build, unit, host } = action;
  const input = await deps.stacks.image(desired as DesiredStack, image);
  if (input === null) throw gone(action);
  // Known before it is there: after a crash nothing is left over that nobody knows.
  await deps.stacks.built.add(unit, { image, host, service: build.service });
  await within(action, context, (signal) => make(action, { ...context, signal }, input));
  const made = await runtime.inspectImage(image);
  if (made !== null && isForged(made)) {
    await runtime.removeImage(image);
    throw failed(build.service, FORGED);
  }
  await giveNames(action, context, input);
}

async function make(
  { image, build, labels, limits }: BuildImage,
  { deps, runtime, signal, progress, log }: HandlerContext,
  input: ImageInput,
): Promise<void> {
  const { directory, entries, texts, declared, args, ...wish } = input;
  let lines = 0;
  try {
    await runtime.buildImage({
      ...wish,
      image,
      archive: deps.archiver.packContext({ directory, entries, texts }),
      args: { ...platformArguments(declared, await runtime.info()), ...args },
      labels: { ...wish.labels, ...labels },
      memoryBytes: limits.memoryBytes,
      signal,
      onLine(line) {
        progress(`building ${build.service}: ${line.slice(0, 200)}`);
        lines += 1;
        if (lines <= MOST_LINES) log(deps.secrets.redact(line.slice(0, 2_000)));
      },
    });
  } catch (error) {
    if (!isFault(error) || error.reason !== 'BuildFailed') throw error;
    const { message, hint, evidence } = error;
    throw failed(build.service, { message: deps.secrets.redact(message), hint, evidence, cause: error });
  }
}

/** Ends the work when its time is up, on the engine too. */
async function within(
  { build, limits }: BuildImage,
  { deps, signal }: HandlerContext,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const late = new AbortController();
  const ended = new AbortController();
  const seconds = Math.round(limits.timeoutMs / 1000);
  deps.clock.sleep(limits.timeoutMs, ended.signal).then(
    () => late.abort(failed(build.service, { message: `it did not end within ${seconds} s` })),
    () => {},
  );
  try {
    await work(AbortSignal.any([signal, late.signal]));
  } finally {
    ended.abort();
  }
}

/** So that others who run it by its own name have the newest; who has the name by other hands keeps it. */
async function giveNames(
  { image, unit, labels }: BuildImage,
  { runtime, log, desired }: HandlerContext,
  { names }: ImageInput,
): Promise<void> {
  for (const name of names) {
    if (name.includes('@') || name.startsWith(BUILT_PREFIX)) continue;
    const holder = await runtime.inspectImage(name);
    const isFree =
      holder === null ||
      (holder.marks?.[BUILT_LABEL.by] === labels[BUILT_LABEL.by] &&
        holder.marks?.[BUILT_LABEL.unit] === unit) ||
      holder.composeProject === (desired as DesiredStack).project;
    try {
      if (isFree) await runtime.tagImage(image, name);
      else log(`the name ${name} stays with the image that has it: this one is known as ${image}`);
    } catch (error) {
      if (!isFault(error) || error.disposition !== 'stalled') throw error;
      log(`the image could not be called ${name}: ${error.message}`);
    }
  }
}

/** Containers have the labels of their image: one that says it is ours would make its containers ours. */
function isForged({ marks = {} }: LocalImage): boolean {
  return Object.keys(marks).some((key) => key !== BUILT_LABEL.by && key !== BUILT_LABEL.unit);
}

const FORGED = {
  message: 'its Dockerfile sets a label that begins with `tinyforge.`, which only Tinyforge writes',
  hint: 'Take the label away.',
};

function failed(
  service: string,
  facts: { message: string; hint?: string | null; evidence?: readonly string[]; cause?: unknown },
): Fault {
  return fault({
    code: 'BUILD_FAILED',
    reason: 'BuildFailed',
    message: `The build of ${service} failed: ${facts.message}`,
    hint: facts.hint ?? 'Its log is kept with the deploy; a change of what it is built from tries again.',
    disposition: 'version',
    evidence: [...(facts.evidence ?? [])],
    cause: facts.cause,
  });
}

function gone({ build, image }: BuildImage): Fault {
  return fault({
    code: 'BUILT_IMAGE_GONE',
    reason: 'BuiltImageGone',
    message: `The image of ${build.service} (${image}) is gone from the engine, and what it was built from has changed since`,
    hint: 'Let what the files ask for now run, or bring the earlier files back.',
    disposition: 'stalled',
  });
}
