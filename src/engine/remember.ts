// After a pass: what converged is kept as what to fall back on, in control files that survive the index.
import { canonicalJson } from '../core/canonical.ts';
import type { Desired } from '../model/desired.ts';
import type { UnitStatus } from '../model/status.ts';
import type { EngineDeps } from './deps.ts';
import type { Planned } from './plan-all.ts';
import type { Wish } from './read-sources.ts';
import type { LoopState } from './state.ts';

/** What converged is what to fall back on; what is gone from wish and engine is forgotten. */
export async function remember(
  deps: EngineDeps,
  state: LoopState,
  { wish, planned, statuses }: { wish: Wish; planned: Planned; statuses: UnitStatus[] },
): Promise<{ lifted: boolean }> {
  let lifted = false;
  const converged = new Set(
    statuses.filter((status) => status.outcome === 'converged').map((status) => status.unit),
  );
  for (const desired of wish.units) {
    const plan = planned.plans.get(desired.unit);
    if (
      !converged.has(desired.unit) ||
      desired.held !== null ||
      !plan?.generation ||
      desired.state === 'stopped'
    )
      continue;
    const { specHash, digest } = plan.generation;
    // Another generation stands: what failed before it may be tried again when somebody asks for it once more.
    if (
      deps.control
        .quarantine(desired.unit)
        .some((entry) => entry.specHash !== specHash || entry.digest !== digest)
    ) {
      lifted = deps.control.liftQuarantine(desired.unit);
    }
    if (state.saved.get(desired) === specHash) continue;
    state.saved.set(desired, specHash);
    const before = deps.control.lastApplied(desired.unit);
    if (
      before?.specHash === specHash &&
      before.digest === digest &&
      essence(before.desired) === essence(desired)
    )
      continue;
    deps.control.saveLastApplied({
      unit: desired.unit,
      source: desired.source,
      file: desired.place.file,
      revision: desired.revision,
      desired,
      specHash,
      digest,
      release: plan.wants ?? '',
    });
    if (desired.kind === 'stack' && before?.specHash !== specHash) await deps.stacks.markGood(desired);
  }
  return { lifted };
}

/** Without what each commit changes: a thousand units at rest are not written again for it. */
function essence(desired: Desired): string {
  return canonicalJson({
    ...desired,
    revision: null,
    place: null,
    ...(desired.kind === 'stack' ? { root: null } : {}),
  });
}
