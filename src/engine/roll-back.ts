// A person's rollback: checks that the earlier version can be brought back, and only then sets the hold that does it.
import { planUnit } from '../core/plan-unit.ts';
import type { Desired } from '../model/desired.ts';
import { type Fault, fault, isFault } from '../model/errors.ts';
import type { UnitPlan } from '../model/plan.ts';
import type { Hold, RevisionSummary, RollbackAnswer } from '../model/revision.ts';
import type { RollbackOrder } from '../ports/controller.ts';
import type { EngineDeps } from './deps.ts';
import { isKnown, observe } from './observe.ts';
import { observeProxy } from './observe-proxy.ts';
import { resolveUnit } from './resolve.ts';
import type { LoopState } from './state.ts';
import { worldOf } from './world.ts';

/**
 * Needs no git, and a registry only where an image is gone. Throws faults, and has changed nothing then: NotDeclared,
 * RevisionUnknown, NothingGood, AsDeclared, Ejected, Suspended, Stopped, EngineAway, and what the plan is blocked by.
 */
export async function rollBack(
  deps: EngineDeps,
  state: Pick<LoopState, 'plan' | 'wish' | 'caches' | 'memory'>,
  order: RollbackOrder & { signal: AbortSignal },
): Promise<RollbackAnswer> {
  const { unit } = order;
  const desired = state.wish?.units.find((entry) => entry.unit === unit);
  const plan = state.plan?.units.find((entry) => entry.unit === unit);
  if (desired === undefined) throw refused('NotDeclared', `No manifest declares ${unit}.`);
  mayChange(deps, desired);
  if (plan?.generation == null)
    throw refused('EngineAway', `Nothing is known of ${unit} now: engine ${desired.host} does not answer.`);
  const target = targetOf(deps, { plan, to: order.to, unit });
  const kept = deps.control.revision(unit, target.number);
  if (kept === null) throw refused('NothingGood', `${unit}: version ${target.number} is not kept any more.`);
  const hold: Hold = {
    unit,
    number: kept.number,
    by: order.by,
    atMs: deps.clock.nowMs(),
    desired: kept.desired,
    specHash: kept.specHash,
    digest: kept.digest,
    release: kept.release,
    image: kept.image ?? null,
    wanted: { ...plan.generation, release: plan.wants ?? '' },
  };
  const trial = await tryOut(deps, state, { desired, hold });
  await fetchImages(deps, trial, { hold, signal: order.signal });
  deps.control.setHold(hold);
  return {
    unit,
    kind: desired.kind,
    number: kept.number,
    from: plan.runs,
    to: kept.release,
    wanted: hold.wanted.release,
    keptSince: kept.atMs,
    standsBy: !trial.actions.some(({ type }) => type === 'createContainer' || type === 'composeUp'),
  };
}

function mayChange({ control }: EngineDeps, { unit, suspend, state }: Desired): void {
  if (control.ejection(unit) !== null)
    throw refused('Ejected', `${unit} is ejected, so it is not rolled back.`, `tinyforge adopt ${unit}`);
  if (suspend || control.suspension(unit) !== null)
    throw refused('Suspended', `${unit} is suspended, so it is not rolled back.`, `tinyforge resume ${unit}`);
  if (state === 'stopped')
    throw refused('Stopped', `${unit} is stopped, as its manifest says, so there is nothing to roll back.`);
}

/** The one that was asked for, or the newest before what stands now; one that failed is not offered by itself. */
function targetOf(
  { control }: EngineDeps,
  { unit, plan, to }: { unit: string; plan: UnitPlan; to: number | null },
): RevisionSummary {
  const all = control.revisions(unit);
  const isWanted = (entry: RevisionSummary): boolean =>
    entry.specHash === plan.generation?.specHash && entry.digest === plan.generation.digest;
  if (to !== null) {
    const found = all.find((entry) => entry.number === to);
    if (found === undefined) throw unknownRevision(unit, to, all);
    if (isWanted(found))
      throw refused(
        'AsDeclared',
        `${found.release} is what the manifest of ${unit} asks for, so it is no rollback.`,
        `tinyforge resume ${unit}`,
      );
    return found;
  }
  const bad = control.quarantine(unit);
  const standing = plan.hold ?? control.lastApplied(unit);
  const current = all.find(
    (entry) => entry.specHash === standing?.specHash && entry.digest === standing.digest,
  );
  const earlier = all.find(
    (entry) =>
      (current === undefined || entry.number < current.number) &&
      !isWanted(entry) &&
      !bad.some(({ specHash, digest }) => specHash === entry.specHash && digest === entry.digest),
  );
  if (earlier !== undefined) return earlier;
  throw refused('NothingGood', `No earlier version of ${unit} is kept that could be brought back.`);
}

function unknownRevision(unit: string, to: number, all: readonly RevisionSummary[]): Fault {
  const kept = all.map(({ number, release }) => `${number} (${release})`).join(', ');
  return refused(
    'RevisionUnknown',
    `${unit} has no version ${to} to go back to${kept === '' ? '' : `; kept are ${kept}`}.`,
    `tinyforge history ${unit}`,
  );
}

/** The plan that the hold leads to, made before it is set. */
async function tryOut(
  deps: EngineDeps,
  { caches, memory }: Pick<LoopState, 'caches' | 'memory'>,
  { desired, hold }: { desired: Desired; hold: Hold },
): Promise<UnitPlan> {
  const [observation, proxy] = await Promise.all([
    observe(deps, desired.host),
    observeProxy(deps, new AbortController().signal),
  ]);
  if (!isKnown(desired, observation))
    throw refused('EngineAway', `Engine ${desired.host} does not answer, so ${desired.unit} stays as it is.`);
  const world = { ...worldOf(deps, memory, { desired, observation, proxy }), hold };
  const plan = planUnit(deps.planners, await resolveUnit(deps, caches, { world, shared: new Map() }));
  if (plan.blocked !== null) {
    const { reason, message, hint } = plan.blocked.problem;
    // Nothing is held yet that could be lifted.
    const way = reason === 'FilesGone' ? `tinyforge history ${desired.unit}` : hint;
    throw refused(reason, `${hold.release} cannot be brought back: ${message}.`, way);
  }
  return plan;
}

/** Before anything is touched: what the engine no longer has, and the registry does not give, cannot come back. */
async function fetchImages(
  { runtimes }: EngineDeps,
  plan: UnitPlan,
  { hold, signal }: { hold: Hold; signal: AbortSignal },
): Promise<void> {
  for (const action of plan.actions) {
    if (action.type !== 'pullImage') continue;
    try {
      await runtimes.get(plan.host)?.pullImage(action.image, { signal, onProgress: () => {} });
    } catch (error) {
      if (!isFault(error)) throw error;
      throw refused(
        'ImageMissing',
        `${hold.release} cannot be brought back: its image is gone from engine ${plan.host}, and ${error.message}`,
        error.hint,
      );
    }
  }
}

function refused(reason: string, message: string, hint: string | null = null): Fault {
  return fault({
    code: 'ROLLBACK_REFUSED',
    reason,
    message: `${message} Nothing was changed.`,
    hint: hint ?? undefined,
    disposition: 'stalled',
  });
}
