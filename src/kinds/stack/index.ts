// The kind `stack`: Compose files as they are, kept running service by service.
import type { DesiredStack } from '../../model/desired.ts';
import type { KindPlanner } from '../../model/kind.ts';
import type { UnitPlan } from '../../model/plan.ts';
import type { Need, StackModel } from '../../model/resolved.ts';
import type { UnitWorld } from '../../model/world.ts';
import { imagesOf, planStack } from './plan.ts';
import { type Survey, survey } from './survey.ts';

export const stackPlanner: KindPlanner<DesiredStack> = { kind: 'stack', needs, plan, check: () => null };

function needs(world: UnitWorld<DesiredStack>): Need[] {
  const { desired, pin } = world;
  const key = keyOf(world);
  const stack: Need =
    pin === null
      ? { type: 'stack', key, desired, which: 'desired' }
      : { type: 'stack', key, desired, which: 'good', hash: pin.specHash };
  const model = modelOf(world, key);
  if (model === null || desired.state === 'stopped') return [stack];
  const found = survey(world, model);
  const images = imagesOf(found);
  return [
    stack,
    ...(pin === null ? dataOf(desired, model, found) : []),
    ...images.map(
      (image): Need => ({ type: 'image', key: `image:${desired.host}:${image}`, host: desired.host, image }),
    ),
  ];
}

/** Of what is made anew, each other folder that its containers were started from. */
function dataOf(desired: DesiredStack, model: StackModel, { wrong, switches }: Survey): Need[] {
  const folders = new Map<string, Set<string>>();
  for (const { name, containers } of [...wrong, ...switches.map(({ view }) => view)])
    for (const { compose } of containers) {
      const folder = compose?.workingDir.replace(/(.)\/+$/, '$1') ?? '';
      if (folder === '' || folder === model.projectDirectory) continue;
      folders.set(folder, (folders.get(folder) ?? new Set()).add(name));
    }
  return [...folders].sort().map(([folder, names]) => {
    const services = [...names].sort();
    return { type: 'data', key: `data:${desired.unit}:${folder}:${services}`, desired, folder, services };
  });
}

function plan(world: UnitWorld<DesiredStack>): UnitPlan {
  const model = modelOf(world, keyOf(world));
  if (model === null) throw new Error(`planned ${world.desired.unit} before its model was resolved`);
  return planStack(world, model);
}

function keyOf({ desired, pin }: UnitWorld<DesiredStack>): string {
  return `stack:${pin === null ? 'desired' : 'good'}:${desired.unit}`;
}

function modelOf(world: UnitWorld<DesiredStack>, key: string): StackModel | null {
  const answer = world.answers.get(key);
  return answer?.ok === true && answer.type === 'stack' ? answer.model : null;
}
