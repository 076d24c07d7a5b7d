// In which order the services of a stack are worked on: whoever is needed is well before whoever needs it is touched.

import type { ServiceView } from './service-state.ts';
import type { Survey } from './survey.ts';

/** Who is worked on together, before all of them are waited for. */
export interface Layer {
  /** Calls of Compose; by force where a network is gone under something that did not change. */
  ups: { views: ServiceView[]; isForced: boolean }[];
  started: ServiceView[];
  gated: ServiceView[];
}

type Work = 'make' | 'start' | 'wait' | 'none';

/**
 * Compose itself waits for the conditions of `depends_on`, but only among the services that one call of it is given
 * (seen on 2.26, with `--no-deps`). Between its calls, and for what the engine starts, waiting is ours.
 */
export function layersOf({ views, services }: Survey, needsGate: (view: ServiceView) => boolean): Layer[] {
  const works = new Map(views.map((view) => [view.name, workOf(view, needsGate)]));
  const needs = new Map<string, Set<string>>();
  const levels = new Map<string, number>();
  const layers: (Omit<Layer, 'ups'> & { made: ServiceView[] })[] = [];
  // What is needed stands before who needs it; what does not is a ring, which Compose refuses.
  for (const view of views) {
    const direct = (services[view.name]?.dependsOn ?? []).filter((name) => needs.has(name));
    const all = new Set(direct.flatMap((name) => [name, ...(needs.get(name) ?? [])]));
    needs.set(view.name, all);
    const work = works.get(view.name) ?? 'none';
    if (work === 'none') continue;
    const level = Math.max(
      0,
      ...[...all].map((name) => {
        const before = works.get(name) ?? 'none';
        if (before === 'none') return 0;
        // Whoever is only waited for is touched by nobody, and one call of Compose keeps the order by itself.
        const isTogether = work === 'wait' || (work === before && work !== 'start');
        return (levels.get(name) ?? 0) + (isTogether ? 0 : 1);
      }),
    );
    levels.set(view.name, level);
    const layer = layers[level] ?? { made: [], started: [], gated: [] };
    layers[level] = layer;
    if (work === 'make') layer.made.push(view);
    if (work === 'start') layer.started.push(view);
    if (needsGate(view)) layer.gated.push(view);
  }
  return layers.map(({ made, ...layer }) => ({ ...layer, ups: callsFor(made, needs) }));
}

/** Nobody is forced along with what lost its network, unless one of both needs the other: that order is Compose's to keep. */
function callsFor(made: ServiceView[], needs: ReadonlyMap<string, ReadonlySet<string>>): Layer['ups'] {
  const { cutOff = [], other = [] } = Object.groupBy(made, (view) => (view.cutOff ? 'cutOff' : 'other'));
  const isRelated = cutOff.some(({ name }) =>
    other.some((entry) => needs.get(name)?.has(entry.name) || needs.get(entry.name)?.has(name)),
  );
  if (isRelated) return [{ views: made, isForced: true }];
  return [
    { views: cutOff, isForced: true },
    { views: other, isForced: false },
  ].filter(({ views }) => views.length > 0);
}

function workOf(view: ServiceView, needsGate: (view: ServiceView) => boolean): Work {
  if (view.state === 'changed' || view.state === 'missing') return 'make';
  if (view.state === 'stopped') return 'start';
  return needsGate(view) ? 'wait' : 'none';
}
