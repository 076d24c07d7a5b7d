// Puts together what one unit's plan is made from.
import { type ProxyFacts, routesWorld } from '../core/route/routes-world.ts';
import type { Desired } from '../model/desired.ts';
import type { Answer } from '../model/resolved.ts';
import type { QuarantineEntry, UnitWorld } from '../model/world.ts';
import type { LastApplied } from '../ports/control.ts';
import type { EngineDeps } from './deps.ts';
import type { Memory } from './memory.ts';
import type { Observation } from './observe.ts';
import { isKeepable } from './revisions.ts';

const NOBODY: readonly never[] = [];
const NOTHING: ReadonlyMap<string, Answer> = new Map();

/** Without answers: those come from `resolveUnit`. */
export function worldOf(
  deps: EngineDeps,
  memory: Memory,
  unit: {
    desired: Desired;
    observation: Observation;
    proxy: ProxyFacts | null;
    without?: QuarantineEntry | undefined;
  },
): UnitWorld {
  const { desired, observation, proxy, without } = unit;
  const applied = deps.control.lastApplied(desired.unit);
  return {
    nowMs: deps.clock.nowMs(),
    controller: deps.config.controller,
    desired,
    host: observation,
    mine: observation.byUnit.get(desired.unit) ?? NOBODY,
    answers: NOTHING,
    quarantine: [...deps.control.quarantine(desired.unit), ...(without === undefined ? [] : [without])],
    memory: memory.facts,
    probes: memory.probes,
    lastApplied:
      applied === null
        ? null
        : {
            desired: applied.desired,
            specHash: applied.specHash,
            digest: applied.digest,
            release: applied.release,
          },
    // A held unit is wanted as it was applied; its generation is known and not computed again.
    pin:
      desired.held !== null && applied !== null
        ? { specHash: applied.specHash, digest: applied.digest, release: applied.release }
        : null,
    kept: keptOf(deps, desired.unit, applied),
    hold: deps.control.hold(desired.unit),
    proven: provenOf(deps, memory, desired.unit),
    reach: deps.reach(desired.host),
    proxy: proxy === null ? null : routesWorld(desired, observation, proxy),
    members: memory.members,
    renaming: renamingOf(desired, {
      recorded: deps.control.renamed(desired.name)?.from,
      before: applied?.desired.name,
    }),
  };
}

/** Until it is written down whose former name that is, and until it has converged by its new one. */
function renamingOf(
  { name, renamedFrom: from, held }: Desired,
  { recorded, before = name }: { recorded: string | undefined; before: string | undefined },
): NonNullable<UnitWorld['renaming']> | null {
  if (from === undefined || held !== null) return null;
  if (recorded !== from) return { from, isRecorded: false };
  return before === name ? null : { from: before, isRecorded: true };
}

/** What last converged counts before its revision is written. */
function keptOf(
  { control, config }: EngineDeps,
  unit: string,
  applied: LastApplied | null,
): UnitWorld['kept'] {
  const specHashes = control.revisions(unit).flatMap((entry) => (entry.keepable ? entry.specHash : []));
  if (applied !== null && isKeepable(applied.desired) && !specHashes.includes(applied.specHash))
    specHashes.unshift(applied.specHash);
  return { specHashes, most: config.keep.revisions };
}

/** Read from the index once; what is proven later in this process is added by the loop. */
function provenOf({ store }: EngineDeps, memory: Memory, unit: string): ReadonlySet<string> {
  const known = memory.proven.get(unit);
  if (known !== undefined) return known;
  const loaded = new Set(store.provenHashes(unit));
  memory.proven.set(unit, loaded);
  return loaded;
}
