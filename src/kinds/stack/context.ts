// What the parts of a stack's plan are made from.
import type { DesiredStack } from '../../model/desired.ts';
import type { StackModel } from '../../model/resolved.ts';
import type { UnitWorld } from '../../model/world.ts';
import type { Act } from './act.ts';
import type { Survey } from './survey.ts';

export interface Context {
  world: UnitWorld<DesiredStack>;
  model: StackModel;
  found: Survey;
  act: Act;
}
