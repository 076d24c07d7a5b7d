// Folds everything that is known of a unit into one outcome with one reason (law 9). The only place that does.
import type { Desired } from '../model/desired.ts';
import type { Outcome } from '../model/outcome.ts';
import type { UnitPlan } from '../model/plan.ts';
import type { AppliedFacts, Hold } from '../model/revision.ts';
import type { UnitStatus } from '../model/status.ts';
import type { Ejection, QuarantineEntry, Suspension } from '../model/world.ts';

/** What the loop remembers of its own work on a unit. */
export interface WorkState {
  /** A walk is under way, and what it does now. */
  doing: string | null;
  deployId: number | null;
  /** The last fault, until a walk ends well or the wish changes. */
  fault: {
    reason: string;
    message: string;
    hint: string | null;
    transient: boolean;
    retryAtMs: number | null;
  } | null;
  changedMs: number | null;
}

export interface Facts {
  desired: Desired;
  plan: UnitPlan;
  work: WorkState;
  quarantine: readonly QuarantineEntry[];
  suspension: Suspension | null;
  ejection: Ejection | null;
  applied: AppliedFacts | null;
  previous: UnitStatus | null;
  nowMs: number;
}

interface Verdict {
  outcome: Outcome;
  reason: string;
  sentence: string;
  next: string | null;
}

/** The reason of a hold that a person set: it needs nobody. */
export const ROLLED_BACK_BY_HAND = 'RollbackHold';

export function foldStatus(facts: Facts): UnitStatus {
  const { desired, plan, previous, work } = facts;
  const verdict = judge(facts);
  const same = previous?.outcome === verdict.outcome && previous.reason === verdict.reason;
  return {
    unit: desired.unit,
    workloadId: desired.workloadId,
    kind: desired.kind,
    name: desired.name,
    role: desired.role,
    host: desired.host,
    app: desired.app,
    ...verdict,
    runs: plan.runs,
    wants: plan.wants,
    health: plan.health,
    strategy: plan.strategy ?? previous?.strategy ?? null,
    domains: domainsOf(desired),
    dependsOn: desired.dependsOn,
    place: desired.place,
    source: desired.source,
    lastAttemptedRevision: desired.revision,
    lastAppliedRevision:
      verdict.outcome === 'converged' ? desired.revision : (previous?.lastAppliedRevision ?? null),
    digest: plan.generation?.digest || null,
    specHash: plan.generation?.specHash ?? null,
    problems: plan.blocked === null ? plan.notices : [plan.blocked.problem, ...plan.notices],
    sinceMs: same ? previous.sinceMs : facts.nowMs,
    changedMs: work.changedMs ?? previous?.changedMs ?? null,
    deployId: work.deployId,
  };
}

function judge(facts: Facts): Verdict {
  const { desired, plan, work, suspension, ejection, quarantine } = facts;
  if (ejection !== null) return ejectedVerdict(desired.unit, ejection);
  if (suspension !== null || desired.suspend) return suspendedVerdict(facts);
  if (work.doing !== null) return verdict('progressing', 'Progressing', `${versions(plan)}: ${work.doing}`);
  if (plan.hold != null) return heldByHand(facts, plan.hold);
  const failed = quarantine.find((entry) => entry.specHash === plan.generation?.specHash);
  if (failed !== undefined && plan.health.status !== 'healthy') return notProven(facts, failed);
  if (failed !== undefined && isOther(facts, failed)) return rolledBack(plan, failed);
  if (failed !== undefined && plan.givenUp === true) return notProven(facts, failed);
  if (desired.held !== null) return verdict('held', 'Held', `runs as last applied; ${desired.held}`);
  if (work.fault !== null) return faulty(facts, work.fault);
  if (plan.blocked !== null) return blocked(plan, plan.blocked);
  if (plan.actions.length > 0)
    return verdict(
      'progressing',
      'Progressing',
      `${versions(plan)}: ${plan.cause?.text ?? 'about to change'}`,
    );
  return standing(facts);
}

/** A person went back to an earlier version: that is no trouble, but what is wrong with it is told first. */
function heldByHand(facts: Facts, hold: Hold): Verdict {
  const { plan, work } = facts;
  if (work.fault !== null) return faulty(facts, work.fault);
  if (plan.blocked !== null) return blocked(plan, plan.blocked);
  if (plan.actions.length > 0)
    return verdict('progressing', 'Progressing', plan.cause?.text ?? `back to ${hold.release}`);
  if (plan.health.status !== 'healthy' && plan.health.status !== 'none') {
    const now = standing(facts);
    if (now.outcome !== 'converged') return now;
  }
  return verdict(
    'held',
    ROLLED_BACK_BY_HAND,
    `held at ${hold.release} by ${hold.by}${hold.wanted.release === hold.release ? '' : `; its manifest says ${hold.wanted.release}`}`,
    'a change of its manifest, a new image, or `tinyforge resume` lifts it',
  );
}

function ejectedVerdict(unit: string, { by, why }: Ejection): Verdict {
  return verdict(
    'ejected',
    'Ejected',
    `ejected by ${by}${why ? `: '${why}'` : ''}; what runs is left as it is`,
    `\`tinyforge adopt ${unit}\` takes it back`,
  );
}

function suspendedVerdict({ plan, suspension }: Facts): Verdict {
  const who = suspension === null ? 'by its manifest' : `by ${suspension.by}`;
  const why = suspension?.why ? `: '${suspension.why}'` : '';
  const drift = plan.actions.length > 0 ? '; it differs from what is declared' : '';
  return verdict('suspended', 'Suspended', `suspended ${who}${why}${drift}`);
}

/** Whether what runs is another generation than the one that failed. */
function isOther({ applied }: Facts, failed: QuarantineEntry): boolean {
  return applied !== null && applied.specHash !== failed.specHash;
}

function rolledBack(plan: UnitPlan, failed: QuarantineEntry): Verdict {
  return verdict(
    'rolled-back',
    failed.reason,
    `runs ${plan.runs ?? 'the one before'}; ${failed.message}`,
    'a change of its manifest, a new image, or `tinyforge resume` lifts it',
  );
}

function notProven(facts: Facts, failed: QuarantineEntry): Verdict {
  const { plan } = facts;
  if (isOther(facts, failed) && plan.health.ready > 0)
    return verdict(
      'degraded',
      failed.reason,
      `runs ${plan.runs ?? '?'}, ${plan.health.detail ?? 'not well'}; ${failed.message}`,
    );
  return verdict(
    'failed',
    failed.reason,
    failed.message,
    'a change of its manifest, a new image, or `tinyforge resume` lifts it',
  );
}

function faulty({ plan, nowMs }: Facts, fault: NonNullable<WorkState['fault']>): Verdict {
  const serves = plan.health.ready > 0 || (plan.runs !== null && plan.health.status !== 'unhealthy');
  const again =
    fault.retryAtMs === null || fault.retryAtMs === Number.POSITIVE_INFINITY
      ? null
      : `tried again in ${Math.max(1, Math.round((fault.retryAtMs - nowMs) / 1000))} s`;
  const tail = serves && plan.runs !== null ? `; ${plan.runs} keeps running` : '';
  if (fault.transient)
    return verdict(serves ? 'waiting' : 'failed', fault.reason, `${fault.message}${tail}`, again);
  return verdict(serves ? 'held' : 'failed', fault.reason, `${fault.message}${tail}`, fault.hint);
}

function blocked(plan: UnitPlan, { problem, wait }: NonNullable<UnitPlan['blocked']>): Verdict {
  if (wait) return verdict('waiting', problem.reason, problem.message, problem.next);
  return verdict(plan.runs === null ? 'failed' : 'held', problem.reason, problem.message, problem.next);
}

function standing({ desired, plan }: Facts): Verdict {
  const { health } = plan;
  const runs = plan.runs ?? plan.wants ?? '';
  if (desired.state === 'stopped') return verdict('converged', 'Stopped', 'is stopped, as declared');
  const elsewhere = plan.notices.find(({ reason }) => reason === 'RouteSentElsewhere');
  if (desired.kind === 'proxy')
    return elsewhere === undefined
      ? routed(runs, health)
      : verdict('degraded', elsewhere.reason, elsewhere.message, elsewhere.hint);
  if (health.status === 'unhealthy' || health.ready < health.total) {
    const some = `${health.total - health.ready} of ${health.total} not well`;
    if (health.status === 'starting' || health.status === 'unknown')
      return verdict('progressing', 'Starting', `runs ${runs}, ${some} yet`);
    return verdict(
      health.ready > 0 ? 'degraded' : 'failed',
      'Unhealthy',
      `runs ${runs}, ${some}: ${health.detail ?? 'no reason known'}`,
    );
  }
  const unserved = plan.notices.find(({ reason }) => reason === 'ProxyCannotReach') ?? elsewhere;
  if (unserved !== undefined)
    return verdict('degraded', unserved.reason, unserved.message, unserved.next ?? unserved.hint);
  return verdict(
    'converged',
    'Converged',
    `runs ${runs} as declared${health.status === 'healthy' ? ', healthy' : ''}`,
  );
}

/** Of a stack, those of all its services. */
function domainsOf(desired: Desired): string[] {
  if (desired.kind !== 'stack') return desired.route?.domains ?? [];
  return Object.values(desired.services).flatMap(({ route }) => route?.domains ?? []);
}

/** The route is as declared; whoever is behind it is not ours to mend. */
function routed(to: string, { status, detail }: UnitPlan['health']): Verdict {
  if (status === 'unhealthy')
    return verdict(
      'degraded',
      'ProxyTargetDown',
      `leads to ${to} as declared, which is down: ${detail ?? 'no reason known'}`,
      'it is asked again all the time; nothing here needs to be done',
    );
  const how = status === 'healthy' ? ', which answers' : '';
  return verdict('converged', 'Converged', `leads to ${to} as declared${how}`);
}

function versions({ runs, wants }: UnitPlan): string {
  if (runs === null || runs === wants) return wants ?? '';
  return wants === null ? runs : `${runs} → ${wants}`;
}

function verdict(outcome: Outcome, reason: string, sentence: string, next: string | null = null): Verdict {
  return { outcome, reason, sentence, next };
}
