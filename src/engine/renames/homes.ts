// Files of a stack keep the name that it began with, and with them its Compose project: nothing of it restarts when it is renamed.
import { workloadId } from '../../core/naming.ts';
import type { DesiredStack } from '../../model/desired.ts';
import type { Renamed } from '../../model/rename.ts';
import type { StackResolver } from '../stack/create-stack-resolver.ts';

/** The keyed hashes of its services and the folder that they bind are told by that name too. */
export function withHomes(stacks: StackResolver, renamed: () => readonly Renamed[]): StackResolver {
  const made = new WeakMap<DesiredStack, DesiredStack>();
  const at = (unit: string): string => renamed().find(({ name }) => name === unit)?.home ?? unit;
  const from = (home: string): string => renamed().find((record) => record.home === home)?.name ?? home;

  function atHome(desired: DesiredStack): DesiredStack {
    const home = desired.home ?? at(desired.unit);
    if (home === desired.unit) return desired;
    const known = made.get(desired);
    if (known?.unit === home) return known;
    const { unit, workloadId: id } = desired;
    const moved: DesiredStack = {
      ...desired,
      unit: home,
      name: home,
      workloadId: workloadId({ kind: 'stack', name: home }),
      called: { unit, workloadId: id },
    };
    made.set(desired, moved);
    return moved;
  }

  return {
    resolve: (desired) => stacks.resolve(atHome(desired)),
    leftBehind: (desired, from) => stacks.leftBehind(atHome(desired), from),
    good: (desired, hash) => stacks.good(atHome(desired), hash),
    render: (desired, which, expected, hash) => stacks.render(atHome(desired), which, expected, hash),
    image: (desired, image) => stacks.image(atHome(desired), image),
    built: {
      all: async () => (await stacks.built.all()).map((one) => ({ ...one, unit: from(one.unit) })),
      add: (unit, image) => stacks.built.add(at(unit), image),
      drop: (images) => stacks.built.drop(images.map((one) => ({ ...one, unit: at(one.unit) }))),
    },
    materialise: (desired) => stacks.materialise(atHome(desired)),
    markGood: (desired, facts) => stacks.markGood(atHome(desired), facts),
    keepGood: (unit, hashes) => stacks.keepGood(at(unit), hashes),
    adopt: (desired, containers) => stacks.adopt(atHome(desired), containers),
    willStop: (unit, container) => stacks.willStop(at(unit), container),
    noLongerStopped: (unit, container) => stacks.noLongerStopped(at(unit), container),
    forget: (unit) => stacks.forget(at(unit)),
    referenced: (unit) => stacks.referenced(at(unit)),
  };
}
