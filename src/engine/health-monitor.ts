// Keeps the verdicts of our own probes fresh for what runs: asked once before the first plan, then in the background.
import type { HealthCheck } from '../model/container-spec.ts';
import type { Desired } from '../model/desired.ts';
import type { ObservedContainer } from '../model/observed.ts';
import type { EngineDeps } from './deps.ts';
import type { Memory } from './memory.ts';
import { probeContainer } from './probe-container.ts';

const WELL_MS = 30_000;
const ILL_MS = 5_000;
/** Right after a switch. */
const PROBATION_MS = 1_000;

type AskedCheck = Extract<HealthCheck, { type: 'http' | 'tcp' }>;

export interface HealthMonitor {
  /** Resolves when each running container of the unit has a verdict; older verdicts are renewed behind the back. */
  ensure(desired: Desired, containers: readonly ObservedContainer[]): Promise<void>;
}

export function createHealthMonitor(
  deps: EngineDeps,
  memory: Memory,
  onChange: (unit: string) => void,
): HealthMonitor {
  const underWay = new Set<string>();

  /** What the kind before made is asked as it was then; without its manifest nobody knows how. */
  function checkOf(desired: Desired, { ours }: ObservedContainer): AskedCheck | null {
    const isOther = ours !== null && ours.kind !== '' && ours.kind !== desired.kind;
    const before = isOther ? deps.control.lastApplied(desired.unit)?.desired : desired;
    if (before === undefined || (isOther && before.kind !== ours.kind)) return null;
    const check = deps.planners[before.kind]?.check(before) ?? null;
    return check?.type === 'http' || check?.type === 'tcp' ? check : null;
  }

  async function probe(desired: Desired, container: ObservedContainer): Promise<void> {
    const runtime = deps.runtimes.get(desired.host);
    const check = checkOf(desired, container);
    if (runtime === undefined || check === null) return;
    if (underWay.has(container.id)) return;
    underWay.add(container.id);
    try {
      const target = { runtime, prober: deps.prober, reach: deps.reach(desired.host) };
      const result = await probeContainer(target, container.id, check);
      const before = memory.probes.get(container.id);
      memory.probes.set(container.id, {
        unit: desired.unit,
        ok: result.ok,
        detail: result.detail,
        atMs: deps.clock.nowMs(),
        failures: result.ok ? 0 : (before?.failures ?? 0) + 1,
      });
      if (before !== undefined && before.ok !== result.ok) onChange(desired.unit);
    } catch (error) {
      deps.log.debug('probe could not ask the engine', { unit: desired.unit, error: String(error) });
    } finally {
      underWay.delete(container.id);
    }
  }

  return {
    async ensure(desired, containers) {
      const now = deps.clock.nowMs();
      const onProbation = memory.probation.has(desired.unit);
      const first: Promise<void>[] = [];
      for (const container of containers) {
        if (container.state !== 'running' || checkOf(desired, container) === null) continue;
        const verdict = memory.probes.get(container.id);
        if (verdict === undefined) first.push(probe(desired, container));
        else if (now - verdict.atMs >= (onProbation ? PROBATION_MS : verdict.ok ? WELL_MS : ILL_MS))
          void probe(desired, container);
      }
      if (first.length > 0) await Promise.all(first);
    },
  };
}
