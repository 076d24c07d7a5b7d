// Each action's effect, in one table. Handlers decide nothing: every decision was made by the planner.
import type { Action, ActionOf, ActionType } from '../../model/action.ts';
import { awaitHealthy } from '../await-healthy.ts';
import { awaitServices } from '../await-services.ts';
import { runBuild } from './build.ts';
import { buildImage } from './build-image.ts';
import { removeContainer, startContainer, stopContainer } from './container.ts';
import type { HandlerContext } from './context.ts';
import { drain } from './drain.ts';
import { holdCanary } from './hold-canary.ts';
import { proveRoute, putRoute, removeRoute } from './route.ts';
import { filesWithSecrets, fillSecrets, withSecrets } from './secrets.ts';
import { adoptContainers, composeUp, materialise } from './stack.ts';
import { takeName } from './take-name.ts';

type Handler<A extends Action> = (action: A, context: HandlerContext) => Promise<void>;

export const handlers: { [T in ActionType]: Handler<ActionOf<T>> } = {
  pullImage: (action, { runtime, signal, progress }) =>
    runtime.pullImage(action.image, {
      signal,
      onProgress: ({ layersDone, layers, bytesDone, bytes }) =>
        progress(
          `pulling ${action.image}: ${layersDone} of ${layers} layers, ${megabytes(bytesDone)} of ${megabytes(bytes)} MB`,
        ),
    }),
  fetchContent: ({ content }, { deps, signal, progress }) =>
    deps.contents.fetch(content, {
      credential:
        content.credential == null ? null : fillSecrets(`\${secret:${content.credential}}`, deps.secrets),
      signal,
      onProgress: (bytes) => progress(`fetching the archive: ${megabytes(bytes)} MB`),
    }),
  runBuild,
  buildImage,
  ensureNetwork: (action, { runtime }) => runtime.ensureNetwork(action.network, action.labels),
  removeNetwork: (action, { runtime }) => runtime.removeNetwork(action.network),
  ensureVolume: (action, { runtime }) => runtime.ensureVolume(action.volume, action.labels),
  async createContainer(action, { runtime, deps }) {
    const { name, host, labels, endpoints, publishForProbe } = action;
    await runtime.createContainer({
      name,
      host,
      labels,
      endpoints,
      publishForProbe,
      spec: withSecrets(action.spec, deps.secrets),
    });
  },
  async putArchive(action, { runtime, deps, memory }) {
    const files = filesWithSecrets(action.spec.files, deps.secrets);
    await runtime.putArchive(action.container, {
      path: '/',
      archive: deps.archiver.pack({ files, trees: action.spec.trees }),
    });
    const facts = await runtime.inspectContainer(action.container);
    if (facts !== null) memory.facts.add(`archive:${facts.id}`);
  },
  startContainer,
  stopContainer,
  renameContainer: (action, { runtime }) => runtime.renameContainer(action.container, action.name),
  removeContainer,
  connectNetwork: (action, { runtime }) =>
    runtime.connectNetwork(action.container, { network: action.network, aliases: action.aliases }),
  disconnectNetwork: (action, { runtime }) => runtime.disconnectNetwork(action.container, action.network),
  awaitHealthy,
  drain,
  adoptContainers,
  putRoute,
  removeRoute,
  proveRoute,
  holdCanary,
  materialiseStack: materialise,
  composeUp,
  awaitServices,
  takeName,
  async removeImage({ image }, { runtime, memory }) {
    await runtime.removeImage(image);
    memory.triedImages.add(image);
  },
  async quarantine(action, { deps }) {
    const { unit, specHash, digest, release, reason, message } = action;
    deps.control.addQuarantine({
      unit,
      specHash,
      digest,
      release,
      reason,
      message,
      evidence: [],
      atMs: deps.clock.nowMs(),
    });
  },
};

/** Carries out one action; its type picks its row. */
export function carryOut<A extends Action>(action: A, context: HandlerContext): Promise<void> {
  const handler = handlers[action.type] as unknown as Handler<A>;
  return handler(action, context);
}

const GATES: ReadonlySet<ActionType> = new Set([
  'awaitHealthy',
  'awaitServices',
  'drain',
  'proveRoute',
  'holdCanary',
]);

/** Gates only read: they hold no place among the heavy work. */
export function isGate(action: Action): boolean {
  return GATES.has(action.type);
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(bytes < 10e6 ? 1 : 0);
}
