// The first while after a switch: a new version that falls ill then is put away, and the one before comes back.
import type { Desired } from '../model/desired.ts';
import type { ObservedContainer } from '../model/observed.ts';
import type { RevisionSummary } from '../model/revision.ts';
import type { EngineDeps } from './deps.ts';
import type { Memory, Probation } from './memory.ts';
import type { Observation } from './observe.ts';

/** Where the kind does not say. */
const USUAL_MS = 60_000;

/** So often the loop looks while any unit is on probation. */
export const PROBATION_LOOK_MS = 2_000;
/** More switches than these within a minute are not read back after a restart. */
const MOST_READ = 100;

/**
 * Call it before planning. What came before is written down as what was applied last before
 * the bad one is remembered, so that a kill in between leaves what runs.
 */
export function judgeProbation(
  deps: EngineDeps,
  memory: Memory,
  facts: {
    units: readonly Desired[];
    observations: ReadonlyMap<string, Observation>;
    isBusy(unit: string): boolean;
  },
): void {
  if (!memory.isProbationRead) readBack(deps, memory);
  for (const desired of facts.units) {
    const { unit } = desired;
    const entry = memory.probation.get(unit);
    if (entry === undefined || facts.isBusy(unit)) continue;
    const span = 'probationMs' in desired ? desired.probationMs : USUAL_MS;
    // What is asked to end may do so with any code.
    if (desired.state === 'stopped' || deps.clock.nowMs() - entry.sinceMs >= span) {
      memory.probation.delete(unit);
      continue;
    }
    const containers = facts.observations.get(desired.host)?.byUnit.get(unit) ?? [];
    const ill = containers.find((container) => isIll(container, { desired, entry, memory }));
    if (ill === undefined) continue;
    const earlier = earlierOf(deps, unit, entry);
    if (earlier !== null) putAway(deps, { desired, entry, earlier, ill });
    memory.probation.delete(unit);
  }
}

/** A restart in the middle of it: the diary knows who took over a short while ago. */
function readBack({ store }: EngineDeps, memory: Memory): void {
  memory.isProbationRead = true;
  for (const row of store.deploys(null, { limit: MOST_READ })) {
    const { unit, status, fromVersion, specHash, digest, toVersion, id, finishedAtMs } = row;
    if (status !== 'success' || fromVersion === null || specHash === null || finishedAtMs === null) continue;
    if (memory.probation.has(unit)) continue;
    memory.probation.set(unit, {
      specHash,
      digest: digest ?? '',
      release: toVersion ?? '',
      deployId: id,
      sinceMs: finishedAtMs,
    });
  }
}

/** By its check, or because it crashes; one that was stopped by hand (0, 137, 143) is healed as ever. */
function isIll(
  { id, name, ours, state, health, exitCode }: ObservedContainer,
  { desired, entry, memory }: { desired: Desired; entry: Probation; memory: Memory },
): boolean {
  if (name.endsWith('-failed')) return false;
  if (desired.kind !== 'stack' && ours?.specHash !== entry.specHash) return false;
  if (state === 'restarting' || (state === 'running' && health === 'unhealthy')) return true;
  if (desired.kind === 'stack') return false;
  if (state === 'exited') return exitCode !== null && ![0, 137, 143].includes(exitCode);
  const verdict = memory.probes.get(id);
  return state === 'running' && verdict?.ok === false && (verdict.failures ?? 1) >= triesOf(desired);
}

/** One bad answer is no illness: as many in a row as its own check says. */
function triesOf(desired: Desired): number {
  if (desired.kind !== 'project') return 3;
  const { health } = desired.spec;
  return health.type === 'http' || health.type === 'tcp' ? health.timing.retries : 1;
}

function earlierOf(
  { control }: EngineDeps,
  unit: string,
  { specHash, digest }: Probation,
): RevisionSummary | null {
  const bad = control.quarantine(unit);
  return (
    control
      .revisions(unit)
      .find(
        (entry) =>
          (entry.specHash !== specHash || entry.digest !== digest) &&
          !bad.some((one) => one.specHash === entry.specHash && one.digest === entry.digest),
      ) ?? null
  );
}

function putAway(
  { control, store, clock }: EngineDeps,
  facts: { desired: Desired; entry: Probation; earlier: RevisionSummary; ill: ObservedContainer },
): void {
  const { desired, entry, earlier, ill } = facts;
  const { unit } = desired;
  const whole = control.revision(unit, earlier.number);
  if (whole === null) return;
  const nowMs = clock.nowMs();
  const reason = 'UnhealthyAfterSwitch';
  const afterS = Math.round((nowMs - entry.sinceMs) / 1000);
  const how = ill.state === 'running' ? 'became unhealthy' : `ended (${ill.state})`;
  const message = `${entry.release} ${how} ${afterS} s after it had taken over`;
  control.saveLastApplied({
    unit,
    source: desired.source,
    file: desired.place.file,
    revision: whole.revision,
    desired: whole.desired,
    specHash: whole.specHash,
    digest: whole.digest,
    release: whole.release,
  });
  const { specHash, digest, release } = entry;
  control.addQuarantine({ unit, specHash, digest, release, reason, message, evidence: [], atMs: nowMs });
  store.updateDeploy(entry.deployId, { status: 'rolled_back', reason, message });
  store.addEvent({
    atMs: nowMs,
    severity: 'error',
    unit,
    reason: 'RolledBack',
    message: `${message}; ${whole.release} comes back`,
  });
}
