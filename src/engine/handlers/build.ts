// Builds a site's files: content in, command run, output out, and the container gone whatever came of it.
import { cacheVolumes } from '../../core/build-cache.ts';
import { PLAIN_CONTAINER } from '../../core/plain-container.ts';
import type { ActionOf } from '../../model/action.ts';
import type { ContainerSpec } from '../../model/container-spec.ts';
import type { SiteBuild } from '../../model/desired.ts';
import { type Fault, fault, isFault } from '../../model/errors.ts';
import type { ContainerFacts } from '../../ports/container-runtime.ts';
import { watchDisk } from './build-disk.ts';
import type { HandlerContext } from './context.ts';

const WORKING_DIR = '/build';
const LOOK_MS = 250;
/** Lines of its log that are kept with the deploy. */
const MOST_LINES = 500;
const EVIDENCE_LINES = 25;

type RunBuild = ActionOf<'runBuild'>;

/** Throws BuildFailed, BuildTooLong (version): the content is not built again until it, or the command, changes. */
export async function runBuild(action: RunBuild, context: HandlerContext): Promise<void> {
  const { runtime, deps, signal, progress } = context;
  const { build, input, name, host, labels } = action;
  if ((await runtime.inspectImage(build.image)) === null)
    await runtime.pullImage(build.image, { signal, onProgress: () => progress(`pulling ${build.image}`) });
  for (const { source } of cachesOf(action)) await runtime.ensureVolume(source, volumeLabels(labels));
  try {
    const { id } = await runtime.createContainer({
      name,
      host,
      labels,
      endpoints: [],
      publishForProbe: null,
      spec: specOf(action),
    });
    const trees = [{ from: input.directory, target: WORKING_DIR, hash: input.hash }];
    await runtime.putArchive(id, { path: '/', archive: deps.archiver.pack({ files: [], trees }) });
    await runtime.startContainer(id);
    await ended(id, action, context);
    await keepOutput(id, action, context);
  } finally {
    await runtime.removeContainer(name);
  }
}

/** Resolves when the command ended well. */
async function ended(id: string, action: RunBuild, context: HandlerContext): Promise<void> {
  const { build, unit } = action;
  const { runtime, deps, signal, progress, log } = context;
  const startedMs = deps.clock.nowMs();
  const following = new AbortController();
  let lines = 0;
  const followed = runtime
    .followLogs(id, {
      tail: MOST_LINES,
      signal: AbortSignal.any([signal, following.signal]),
      onLine(line) {
        progress(`building: ${line.slice(0, 200)}`);
        lines += 1;
        if (lines <= MOST_LINES) log(line.slice(0, 2_000));
      },
    })
    // Its words are not worth a build that goes on.
    .catch(() => {});
  const volumes = cachesOf(action).map(({ source }) => source);
  const disk = watchDisk({ container: id, volumes, most: build.diskBytes }, { runtime, clock: deps.clock });
  try {
    for (;;) {
      const facts = await runtime.inspectContainer(id);
      if (facts === null) throw fault({ ...GONE, message: `the build of ${unit} was removed while it ran` });
      if (!facts.running) {
        await Promise.race([followed, deps.clock.sleep(2_000, signal)]);
        if (facts.exitCode === 0) return;
        throw failed(whyOf(facts, build), await runtime.logs(id, { tail: EVIDENCE_LINES }));
      }
      if (deps.clock.nowMs() - startedMs > build.timeoutMs)
        throw failed(
          `did not end within ${Math.round(build.timeoutMs / 1000)} s`,
          await runtime.logs(id, { tail: EVIDENCE_LINES }),
        );
      const filled = await disk.look();
      if (filled !== null) throw failed(filled, await runtime.logs(id, { tail: EVIDENCE_LINES }));
      await deps.clock.sleep(LOOK_MS, signal);
    }
  } finally {
    following.abort();
  }
}

async function keepOutput(
  container: string,
  { id, build }: RunBuild,
  { runtime, deps, signal }: HandlerContext,
): Promise<void> {
  const path = `${WORKING_DIR}/${build.output}`;
  const kept = await runtime
    .readArchive(container, {
      path,
      use: async (archive) => {
        await deps.contents.keepBuilt(id, { archive, signal });
        return true;
      },
    })
    .catch((error: unknown) => {
      // What the command left behind is its own doing.
      if (isFault(error) && error.disposition === 'stalled')
        throw failed(`left what cannot be served: ${error.message}`, []);
      throw error;
    });
  if (kept === null) throw failed(`left no folder ${build.output}`, []);
}

const GONE = { code: 'CONTAINER_GONE', reason: 'ContainerGone', disposition: 'conflict' } as const;

function whyOf({ exitCode, oomKilled }: ContainerFacts, build: SiteBuild): string {
  return oomKilled
    ? `needed more memory than the ${Math.round(build.memoryBytes / 1e6)} MB that it has`
    : `ended with exit code ${exitCode}`;
}

function failed(why: string, evidence: string[]): Fault {
  return fault({
    code: 'BUILD_FAILED',
    reason: 'BuildFailed',
    message: `The build ${why}`,
    hint: 'Its log is kept with the deploy; a change of the content or of `build` tries again.',
    disposition: 'version',
    evidence,
  });
}

function cachesOf({ build, name }: RunBuild): { source: string; target: string }[] {
  const site = name.replace(/-build-[0-9a-f]+$/, '');
  return cacheVolumes(site, build.cache).map(({ volume, path }) => ({
    source: volume,
    target: `${WORKING_DIR}/${path}`,
  }));
}

function volumeLabels(labels: Readonly<Record<string, string>>): Record<string, string> {
  const own = ['tinyforge.managed', 'tinyforge.controller', 'tinyforge.workload.id'];
  return Object.fromEntries(Object.entries(labels).filter(([key]) => own.includes(key)));
}

/** As little as installing packages needs: no host, no network of a workload, no new rights. */
function specOf(action: RunBuild): ContainerSpec {
  const { build } = action;
  return {
    ...PLAIN_CONTAINER,
    image: build.image,
    command: build.command,
    entrypoint: [],
    environment: { CI: 'true' },
    workingDir: WORKING_DIR,
    mounts: cachesOf(action).map((cache) => ({ type: 'volume', ...cache, readOnly: false })),
    networkMode: build.network,
    stopGraceMs: 1_000,
    resources: { memoryBytes: build.memoryBytes, memoryReservationBytes: null, cpus: 2, pids: 1_024 },
    capAdd: ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'SETGID', 'SETUID'],
    capDrop: ['ALL'],
    securityOpt: ['no-new-privileges:true'],
  };
}
