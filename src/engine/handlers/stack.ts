// The two effects that only stacks have: writing their files, and Compose's `up`.
import type { ActionOf } from '../../model/action.ts';
import type { DesiredStack } from '../../model/desired.ts';
import { fault, isFault } from '../../model/errors.ts';
import { jobKilledIn } from '../job-killed.ts';
import type { HandlerContext } from './context.ts';

export async function materialise(
  _action: ActionOf<'materialiseStack'>,
  { deps, desired }: HandlerContext,
): Promise<void> {
  await deps.stacks.materialise(desired as DesiredStack);
}

/** Nothing of the engine is touched: labels come with each container's next real change. */
export async function adoptContainers(
  action: ActionOf<'adoptContainers'>,
  { deps, desired }: HandlerContext,
): Promise<void> {
  await deps.stacks.adopt(desired as DesiredStack, action.containers);
}

/**
 * The resolved and checked file is written right before, so that what was checked is what runs. Compose finds a port
 * taken by a program of the host only when what ran before is gone: then the good files are to come back, as for a
 * version that fails.
 */
export async function composeUp(action: ActionOf<'composeUp'>, context: HandlerContext): Promise<void> {
  const { deps, desired, signal, progress } = context;
  const { file, projectDirectory, variables, discard } = await deps.stacks.render(
    desired as DesiredStack,
    action.model,
    action.services,
    action.generation,
  );
  const services = Object.keys(action.services);
  const { project, scale } = action;
  try {
    await deps.compose(action.host).up({
      project,
      file,
      projectDirectory,
      variables,
      services,
      ...(action.recreate === undefined ? {} : { recreate: action.recreate }),
      ...(scale === undefined ? {} : { scale }),
      signal,
      onLine: progress,
    });
  } catch (error) {
    if (isFault(error) && error.reason === 'JobFailed') throw (await jobKilledIn(action, context)) ?? error;
    if (!isFault(error) || error.reason !== 'PortTaken' || action.model === 'good') throw error;
    const { code, reason, message, evidence } = error;
    // Beside others it has no port of its own: the engine chose one that somebody took meanwhile, as any client may.
    if (scale !== undefined)
      throw fault({
        ...{ code, reason, message, evidence: [...evidence], cause: error },
        hint: 'The engine chose it; with the next try comes another one.',
        disposition: 'retry',
      });
    if ((await deps.stacks.good(desired as DesiredStack)) === null) throw error;
    throw fault({ code, reason, message, disposition: 'version', evidence: [...evidence], cause: error });
  } finally {
    await discard();
  }
}
