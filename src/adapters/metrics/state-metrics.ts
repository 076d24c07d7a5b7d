// What is so at the time of a scrape: outcomes, containers, sources, engines. Series of what is gone go too.
import { Gauge, type Registry } from 'prom-client';
import type { Outcome } from '../../model/outcome.ts';
import type { Overview } from '../../model/status.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Store } from '../../ports/store.ts';

/** All of them, so that a rule can ask for 0 as well as for 1. The type makes sure that none is forgotten. */
const OUTCOMES = Object.keys({
  failed: 0,
  degraded: 0,
  'rolled-back': 0,
  held: 0,
  progressing: 0,
  waiting: 0,
  suspended: 0,
  ejected: 0,
  converged: 0,
} satisfies Record<Outcome, 0>);

export function createStateMetrics(options: {
  registry: Registry;
  clock: Pick<Clock, 'nowMs'>;
  store: Pick<Store, 'containerCounts'>;
  build: { version: string; controller: string };
}): { fill(overview: Overview | null): void } {
  const { registry, clock, store, build } = options;
  const gauges: Gauge[] = [];
  const gauge = <L extends string>(name: string, facts: { help: string; labels: readonly L[] }): Gauge<L> => {
    const made = new Gauge({ name, help: facts.help, labelNames: facts.labels, registers: [registry] });
    gauges.push(made);
    return made;
  };

  new Gauge({
    name: 'tinyforge_build_info',
    help: 'Always 1; the labels tell what runs.',
    labelNames: ['version', 'node', 'controller'],
    registers: [registry],
  }).set({ ...build, node: process.version }, 1);
  const outcome = gauge('tinyforge_workload_outcome', {
    help: '1 for the outcome that a unit has, 0 for all others.',
    labels: ['unit', 'kind', 'outcome'],
  });
  const suspended = gauge('tinyforge_suspend_status', {
    help: '1 while a unit is suspended.',
    labels: ['unit', 'kind'],
  });
  const containers = gauge('tinyforge_containers', {
    help: 'Containers in the index, by state.',
    labels: ['state'],
  });
  const orphans = gauge('tinyforge_orphans', {
    help: 'Units that run and that no manifest names.',
    labels: [],
  });
  const fetched = gauge('tinyforge_source_last_fetch_timestamp_seconds', {
    help: 'When a source was last read well.',
    labels: ['source'],
  });
  const age = gauge('tinyforge_source_last_fetch_age_seconds', {
    help: 'How long ago a source was last read well.',
    labels: ['source'],
  });
  const problems = gauge('tinyforge_source_problems', {
    help: 'Problems in the files of a source.',
    labels: ['source'],
  });
  const engineUp = gauge('tinyforge_engine_up', {
    help: '1 while an engine answers.',
    labels: ['engine'],
  });
  const engineContainers = gauge('tinyforge_engine_containers', {
    help: 'All containers of an engine, strangers too.',
    labels: ['engine'],
  });

  function fill(overview: Overview | null): void {
    for (const each of gauges) each.reset();
    for (const [state, count] of Object.entries(store.containerCounts())) containers.set({ state }, count);
    if (overview === null) return;
    orphans.set(overview.orphans.length);
    for (const { unit, kind, outcome: current } of overview.units) {
      for (const each of OUTCOMES) outcome.set({ unit, kind, outcome: each }, each === current ? 1 : 0);
      suspended.set({ unit, kind }, current === 'suspended' ? 1 : 0);
    }
    for (const { name: source, fetchedMs, problems: count } of overview.sources) {
      problems.set({ source }, count);
      if (fetchedMs === null) continue;
      fetched.set({ source }, fetchedMs / 1000);
      age.set({ source }, Math.max(0, clock.nowMs() - fetchedMs) / 1000);
    }
    for (const { name: engine, reachable, containers: count } of overview.engines) {
      engineUp.set({ engine }, reachable ? 1 : 0);
      engineContainers.set({ engine }, count);
    }
  }

  return { fill };
}
