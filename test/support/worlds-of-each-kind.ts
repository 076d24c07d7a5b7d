// All the worlds that the planner's laws are checked in, by name.
import type fc from 'fast-check';
import type { UnitWorld } from '../../src/model/world.ts';
import { kindChangedWorlds } from './kind-changed-worlds.ts';
import { renamedWorlds } from './renamed-worlds.ts';
import { shrinkingProjects, shrinkingStacks } from './shrinking-worlds.ts';
import { canaryWorlds, projectWorlds, siteWorlds, stackWorlds } from './worlds.ts';

export function worldsOfEachKind(): [string, fc.Arbitrary<UnitWorld>][] {
  return [
    ['project', projectWorlds() as fc.Arbitrary<UnitWorld>],
    ['canary', canaryWorlds() as fc.Arbitrary<UnitWorld>],
    ['shrinking project', shrinkingProjects()],
    ['site', siteWorlds() as fc.Arbitrary<UnitWorld>],
    ['stack', stackWorlds() as fc.Arbitrary<UnitWorld>],
    ['shrinking stack', shrinkingStacks()],
    ...renamedWorlds(),
    ...kindChangedWorlds(),
  ];
}
