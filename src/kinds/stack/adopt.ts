// What others made under the stack's project: which of it may be taken over, and which of that as it runs.
import { adoptedMark } from '../../core/adopted-mark.ts';
import { releaseOf } from '../../core/compose-labels.ts';
import { insideOf } from '../../core/compose-relocate.ts';
import type { AdoptedContainer } from '../../model/action.ts';
import type { DesiredStack } from '../../model/desired.ts';
import type { ComposeMark, ObservedContainer } from '../../model/observed.ts';
import type { StackModel, StackService } from '../../model/resolved.ts';
import type { UnitWorld } from '../../model/world.ts';

export interface Adopting {
  container: ObservedContainer;
  service: StackService;
  /** False where nothing says whether it is as declared: another Compose made it, or it joins another's namespace. */
  isCompared: boolean;
}

export interface Found {
  /** All that is the stack's or becomes so, marked as if it were its own already. */
  containers: ObservedContainer[];
  adopting: Adopting[];
  /** Of the project, and of no service that is declared: not ours to remove. */
  left: ObservedContainer[];
}

type Services = Readonly<Record<string, StackService>>;

/** Nobody else's: another Tinyforge's never, and where only a folder speaks for it, what was started below its source. */
export function mayAdopt({ adopt, discovered }: DesiredStack, mark: ComposeMark): boolean {
  if (!adopt || mark.controller !== undefined) return false;
  const below = discovered?.adoptBelow ?? null;
  return below === null || insideOf(below, withoutSlash(mark.workingDir)) !== null;
}

export function findContainers(
  { desired, mine, host, controller }: UnitWorld<DesiredStack>,
  model: StackModel,
  services: Services,
): Found {
  if (!desired.adopt) return { containers: [...mine], adopting: [], left: [] };
  const found: Found = { containers: [], adopting: [], left: [] };
  const own = new Set(mine);
  for (const container of host.containers) {
    const { ours, compose } = container;
    if (own.has(container)) found.containers.push(container);
    if (own.has(container) || ours !== null || compose?.project !== model.project) continue;
    if (!mayAdopt(desired, compose)) continue;
    const service = Object.hasOwn(services, compose.service) ? services[compose.service] : undefined;
    if (service === undefined && desired.discovered?.adoptBelow != null) {
      if (!compose.oneOff) found.left.push(container);
      continue;
    }
    const match = service === undefined ? 'changed' : matchOf(container, compose, { service, model });
    if (service === undefined || match === 'changed') {
      found.containers.push(container);
      continue;
    }
    const { unit, workloadId } = desired;
    const mark = adoptedMark(asAdopted(container, service), { controller, unit, workloadId });
    found.containers.push({ ...container, ours: mark });
    found.adopting.push({ container, service, isCompared: match === 'same' });
  }
  return found;
}

export function asAdopted(
  { id, name, image, compose }: ObservedContainer,
  service: StackService,
): AdoptedContainer {
  return {
    container: id,
    name,
    service: compose?.service ?? '',
    number: compose?.number ?? 1,
    specHash: service.specHash,
    release: releaseOf(image),
  };
}

/**
 * By Compose's own hash, which is only equal where the version of Compose is: what another version made is taken as it
 * runs, for to make it anew would cost its service a moment and might change nothing.
 */
function matchOf(
  { state }: ObservedContainer,
  mark: ComposeMark,
  { service, model }: { service: StackService; model: StackModel },
): 'same' | 'unknown' | 'changed' {
  // The mark of a recreate says nothing here: it stays on whatever `up` made anew once (see `isLeftover`).
  if (mark.oneOff || state === 'created' || state === 'dead') return 'changed';
  // Started elsewhere, its folders are others.
  if (withoutSlash(mark.workingDir) !== withoutSlash(model.projectDirectory)) return 'changed';
  if (service.configHash === undefined) return 'changed';
  if (service.configHash !== null && mark.configHash === service.configHash) return 'same';
  return service.configHash === null || mark.version !== model.composeVersion ? 'unknown' : 'changed';
}

function withoutSlash(path: string): string {
  return path.replace(/(.)\/+$/, '$1');
}
