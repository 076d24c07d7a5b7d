// The laws of the planner where a part of what runs was made by somebody's hand, and is the stack's to take over.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { planUnit, unitNeeds } from '../../src/core/plan-unit.ts';
import { simulate } from '../../src/core/simulate.ts';
import { planners } from '../../src/kinds/registry.ts';
import type { Desired, DesiredStack } from '../../src/model/desired.ts';
import type { ObservedContainer } from '../../src/model/observed.ts';
import type { Answer, StackModel } from '../../src/model/resolved.ts';
import type { UnitWorld } from '../../src/model/world.ts';
import { lawsOf } from '../support/laws.ts';
import { stackWorlds } from '../support/worlds.ts';

const RUNS = Number(process.env.PROPERTY_RUNS ?? 2_000);
const VERSION = '2.26.1';

type Made = 'ours' | 'here' | 'by another version' | 'elsewhere' | 'by another controller';
const HOW: readonly Made[] = [
  'ours',
  'here',
  'here',
  'by another version',
  'elsewhere',
  'by another controller',
];

/** By whom each container was made, in turn. */
function adoptionWorlds(): fc.Arbitrary<UnitWorld<DesiredStack>> {
  return fc
    .record({ world: stackWorlds(), made: fc.array(fc.constantFrom(...HOW), { minLength: 1, maxLength: 6 }) })
    .map(({ world, made }) => byHand(world, made));
}

function byHand(world: UnitWorld<DesiredStack>, made: readonly Made[]): UnitWorld<DesiredStack> {
  const containers = world.host.containers.map((entry, index) =>
    world.mine.includes(entry) ? madeBy(entry, made[index % made.length] ?? 'ours') : entry,
  );
  const discovered = { adoptBelow: '/src', named: 'files', listed: 'folder' } as const;
  const open = { adopt: true, discovered };
  const desired: DesiredStack = { ...world.desired, ...open };
  // What stands in for the wish was found the same way.
  const lastApplied = world.lastApplied && opened(world.lastApplied, open);
  const hold = world.hold && opened(world.hold, open);
  const answers = new Map([...world.answers].map(([key, answer]) => [key, comparable(answer)]));
  const mine = containers.filter(({ ours }) => ours?.unit === desired.unit);
  return { ...world, desired, lastApplied, hold, answers, mine, host: { ...world.host, containers } };
}

function opened<T extends { desired: Desired }>(
  facts: T,
  open: Pick<DesiredStack, 'adopt' | 'discovered'>,
): T {
  return { ...facts, desired: { ...facts.desired, ...open } };
}

function madeBy(entry: ObservedContainer, made: Made): ObservedContainer {
  if (made === 'ours' || entry.compose === null) return entry;
  const compose = {
    ...entry.compose,
    workingDir: made === 'elsewhere' ? '/home/me/immich' : '/src/immich',
    configHash: `config-of-${entry.ours?.specHash}`,
    version: made === 'by another version' ? '5.5.0' : VERSION,
    ...(made === 'by another controller' ? { controller: 'other' } : {}),
  };
  return { ...entry, ours: null, compose };
}

function comparable(answer: Answer): Answer {
  if (!answer.ok || answer.type !== 'stack') return answer;
  const hashed = (services: StackModel['services']): StackModel['services'] =>
    Object.fromEntries(
      Object.entries(services).map(([name, service]) => [
        name,
        { ...service, configHash: `config-of-${service.specHash}` },
      ]),
    );
  const { model } = answer;
  const good = model.good === null ? null : { ...model.good, services: hashed(model.good.services) };
  return {
    ...answer,
    model: { ...model, good, services: hashed(model.services), composeVersion: VERSION },
  };
}

function planOf(world: UnitWorld<DesiredStack>) {
  return planUnit(planners, world);
}

describe('laws of stacks that were brought up by hand', () => {
  const kept = ['suffix', 'converges', 'order-free'];
  for (const law of lawsOf({ planUnit, unitNeeds, simulate, planners }).filter(({ name }) =>
    kept.includes(name),
  ))
    it(`${law.name}: ${law.promise}`, () => {
      // What others have under the project's name blocks the plan, and nothing of it is walked.
      const check = (world: UnitWorld<DesiredStack>) => planOf(world).blocked === null && law.check(world);
      fc.assert(
        fc.property(adoptionWorlds(), (world) => void check(world)),
        { numRuns: RUNS },
      );
    });

  it('only what was started here, by nobody of us, is taken over, and what of it is taken on trust is told', () => {
    let taken = 0;
    let trusted = 0;
    fc.assert(
      fc.property(adoptionWorlds(), (world) => {
        const { actions, blocked, notices } = planOf(world);
        if (blocked !== null || world.desired.state === 'stopped') return;
        const adopted = actions.flatMap((action) =>
          action.type === 'adoptContainers' ? action.containers.map(({ container }) => container) : [],
        );
        const foreign = actions.some(
          (action) =>
            action.type === 'adoptContainers' &&
            action.containers.some(({ container, specHash }) => {
              const mark = world.host.containers.find(({ id }) => id === container)?.compose;
              return mark?.version !== VERSION && mark?.configHash !== `config-of-${specHash}`;
            }),
        );
        const isTold = notices.some(({ reason }) => reason === 'AdoptedUncompared');
        if (adopted.length > 0) assert.equal(isTold, foreign, 'what is taken on trust is told');
        trusted += Number(foreign);
        taken += adopted.length;
        for (const { ours, compose } of world.host.containers.filter(({ id }) => adopted.includes(id))) {
          assert.equal(ours, null);
          assert.equal(compose?.workingDir, '/src/immich');
          assert.equal(compose?.controller, undefined);
        }
      }),
      { numRuns: RUNS },
    );
    assert.ok(taken > RUNS / 10, `${taken} were taken over in ${RUNS} worlds`);
    assert.ok(trusted > RUNS / 100, `${trusted} on trust`);
  });

  it('what another controller made, or somebody elsewhere, is in no action', () => {
    fc.assert(
      fc.property(adoptionWorlds(), (world) => {
        const strangers = world.host.containers.filter(
          ({ ours, compose }) =>
            ours === null && (compose?.controller !== undefined || compose?.workingDir === '/home/me/immich'),
        );
        const text = JSON.stringify(planOf(world).actions.filter(({ type }) => type !== 'composeUp'));
        for (const { id } of strangers)
          assert.ok(!text.includes(`"${id}"`), `${id} in ${text} ${JSON.stringify(planOf(world).blocked)}`);
      }),
      { numRuns: RUNS },
    );
  });
});
