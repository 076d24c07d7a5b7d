// Plans one stage of a project.
import { planGeneration } from '../../core/generation/plan.ts';
import { sortSlots } from '../../core/generation/slots.ts';
import type { DesiredProject } from '../../model/desired.ts';
import type { UnitPlan } from '../../model/plan.ts';
import type { Need } from '../../model/resolved.ts';
import type { UnitWorld } from '../../model/world.ts';
import { imageNeeds } from './image.ts';
import { bindNeeds, fileNeeds, secretNeeds, wantedOf } from './wanted.ts';

export function needs(world: UnitWorld<DesiredProject>): Need[] {
  const first = [...fileNeeds(world), ...bindNeeds(world), ...imageNeeds(world)];
  if (first.some((need) => !world.answers.has(need.key))) return first;
  const second = [...first, ...secretNeeds(world)];
  if (second.some((need) => !world.answers.has(need.key))) return second;
  if (second.some((need) => world.answers.get(need.key)?.ok === false)) return second;
  // Only a generation that must be created needs to know whether its image is here already.
  const wanted = wantedOf(world);
  const complete = sortSlots(wanted, world).slots.every((slot) => slot.container !== null);
  const image = wanted.spec.image;
  if (complete || wanted.state === 'stopped') return second;
  const key = `image:${wanted.host}:${image}`;
  return second.some((need) => need.key === key)
    ? second
    : [...second, { type: 'image', key, host: wanted.host, image }];
}

export function plan(world: UnitWorld<DesiredProject>): UnitPlan {
  return planGeneration(wantedOf(world), world);
}
