// How one service of a stack stands against its resolved model.
import { isUp } from '../../core/generation/slots.ts';
import type { ObservedContainer } from '../../model/observed.ts';
import type { StackModel, StackService } from '../../model/resolved.ts';
import type { UnitWorld } from '../../model/world.ts';
import { missingNetworks, needsRecreate } from './cut-off.ts';

export interface ServiceView {
  name: string;
  service: StackService;
  containers: ObservedContainer[];
  /** `changed` and `missing` are for Compose to mend, `stopped` for the engine, `switched` for both in turn. */
  state: 'right' | 'changed' | 'missing' | 'stopped' | 'switched' | 'frozen';
  wellness: 'healthy' | 'starting' | 'unhealthy';
  /** Others wait for its end: while it is at its work it is not well yet. */
  endsFirst: boolean;
  /** Some container of it has to start or to say that it is well, whatever the others are. */
  pending: boolean;
  /** Nothing of its spec changed, but a network under it is gone. */
  cutOff: boolean;
  /** Networks for the engine to put its containers on again, as they are. */
  off: { container: ObservedContainer; network: string }[];
}

/** What the list cannot tell. */
export interface Known {
  memory: UnitWorld['memory'];
  stoppedByUs: StackModel['stoppedByUs'];
  networks: UnitWorld['host']['networks'];
  /** Services that others depend on. */
  needed: ReadonlySet<string>;
}

/** A service without a check counts as well when it has run for this long. */
export const SETTLE_SECONDS = 1;

export function viewService(
  name: string,
  service: StackService,
  own: ObservedContainer[],
  world: Known,
): ServiceView {
  // A job that somebody depends on is one whose end is waited for: see `isOneShot`.
  const endsFirst = service.oneShot && world.needed.has(name);
  const each = own.map((container) => wellnessOfOne({ service, endsFirst }, container, world));
  // What is done may have no network any more, and what is for Compose to replace gets those that it needs.
  const alive = own.filter(
    (container) =>
      container.ours?.specHash === service.specHash && (isUp(container) || isDown(service, container, world)),
  );
  const cutOff = alive.some((container) => needsRecreate(service, container, world.networks));
  const state = cutOff ? 'changed' : stateOf(service, own, world);
  return {
    name,
    service,
    containers: own,
    state,
    endsFirst,
    wellness: worst(own.length < service.scale ? ['unhealthy'] : each),
    pending: own.some((container, index) => each[index] === 'starting' || isDown(service, container, world)),
    cutOff,
    off:
      state === 'changed'
        ? []
        : alive.flatMap((container) =>
            missingNetworks(service, container, world.networks).map((network) => ({ container, network })),
          ),
  };
}

/** A one-shot that has run is not down, however it ended by itself; one that was killed did not end by itself. */
export function isDown(
  service: StackService,
  { id, state, exitCode }: ObservedContainer,
  { stoppedByUs }: Pick<Known, 'stoppedByUs'>,
): boolean {
  if (state !== 'exited') return false;
  return !service.oneShot || exitCode === 137 || exitCode === 143 || stoppedByUs.includes(id);
}

function stateOf(
  service: StackService,
  own: readonly ObservedContainer[],
  known: Known,
): ServiceView['state'] {
  if (own.length === 0) return service.scale === 0 ? 'right' : 'missing';
  const foreign = own.some((container) => container.ours?.specHash !== service.specHash);
  // Compose puts configs and secrets into a container right before its first start: what was never started is for it.
  const unfinished = own.some((container) => container.state === 'dead' || container.state === 'created');
  if (foreign || unfinished || own.length !== service.scale) return 'changed';
  return own.some((container) => isDown(service, container, known)) ? 'stopped' : 'right';
}

function worst(each: readonly ServiceView['wellness'][]): ServiceView['wellness'] {
  return each.includes('unhealthy') ? 'unhealthy' : each.includes('starting') ? 'starting' : 'healthy';
}

function wellnessOfOne(
  { service, endsFirst }: Pick<ServiceView, 'service' | 'endsFirst'>,
  container: ObservedContainer,
  known: Known,
): ServiceView['wellness'] {
  if (container.state === 'exited')
    return container.exitCode === 0 && !isDown(service, container, known) ? 'healthy' : 'unhealthy';
  if (container.state === 'created') return 'starting';
  if (container.state !== 'running') return 'unhealthy';
  const hasPassed = known.memory.has(`healthy:${container.id}`);
  // A job is well when it has ended well: what a check says of it meanwhile is nothing that anybody waits for.
  if (endsFirst && !hasPassed) return 'starting';
  if (container.health === 'unhealthy') return 'unhealthy';
  if (hasPassed || container.health === 'healthy') return 'healthy';
  if (container.health === 'starting') return 'starting';
  return (container.upSeconds ?? 0) >= SETTLE_SECONDS ? 'healthy' : 'starting';
}
