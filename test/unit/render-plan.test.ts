// The printed plan, shape by shape, against golden files.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { problem } from '../../src/core/problem.ts';
import { type PlanPrint, planView, renderPlan } from '../../src/core/render-plan.ts';
import type { Plan } from '../../src/model/plan.ts';
import { assertGolden } from '../support/golden.ts';
import * as sample from '../support/sample-plans.ts';

const PIPE: PlanPrint = { verbose: false, legend: false, colour: (_tone, text) => text, width: null };
const marked = (tone: string, text: string) => `<${tone}>${text}</${tone}>`;

const plans: Record<string, Plan> = {
  'blue-green': sample.planOf(sample.blueGreen, ...sample.calm(3)),
  recreate: sample.planOf(sample.recreate),
  'stack-new': sample.planOf(sample.stackNew),
  'stack-change': sample.planOf(sample.stackChange),
  site: sample.planOf(sample.site),
  prune: sample.planOf(sample.prune),
  'drift-heal': sample.planOf(sample.driftHeal),
  rollback: sample.planOf(sample.rollback),
  blocked: sample.planOf(sample.blockedByPort, ...sample.calm(2)),
  waiting: sample.planOf(sample.waitsForDatabase, ...sample.calm(2)),
  several: sample.planOf(sample.blueGreen, sample.recreate, sample.prune),
  nothing: sample.planOf(...sample.calm(24)),
  empty: sample.planOf(),
  'orphans-and-problems': {
    ...sample.planOf(...sample.calm(2)),
    orphans: [{ unit: 'old-blog', why: 'its source stacks is empty', containers: ['old-blog-81fe20-1'] }],
    problems: [
      problem({
        reason: 'UnknownKey',
        message: '`enviroment` is not a key of stack. Did you mean `environment`?',
        effect: 'immich runs as last applied.',
        hint: 'Correct the key; all keys: `tinyforge schema stack`.',
        file: 'immich.yaml',
        line: 9,
        column: 3,
      }),
    ],
  },
};

describe('a plan is printed', () => {
  for (const [name, plan] of Object.entries(plans)) {
    it(`${name}, folded`, () => assertGolden(`plan/${name}.txt`, renderPlan(plan, PIPE)));
    it(`${name}, every action`, () =>
      assertGolden(`plan/${name}.verbose.txt`, renderPlan(plan, { ...PIPE, verbose: true })));
  }
  it('for a terminal, with marks in colour and their meaning', () =>
    assertGolden(
      'plan/several.terminal.txt',
      renderPlan(plans.several ?? sample.planOf(), {
        verbose: false,
        legend: true,
        colour: marked,
        width: 120,
      }),
    ));
  it('for a narrow terminal, never wider than it', () => {
    const text = renderPlan(plans.several ?? sample.planOf(), { ...PIPE, width: 60 });
    assertGolden('plan/several.narrow.txt', text);
    const body = text.split('\n').filter((line) => !line.startsWith('Plan:'));
    for (const line of body) assert.ok(line.length <= 60, line);
  });
});

describe('folding', () => {
  it('puts each action into exactly one line, in every shape', () => {
    for (const plan of Object.values(plans)) {
      const { units } = planView(plan);
      for (const unit of units) {
        const source = plan.units.find((candidate) => candidate.unit === unit.unit);
        const shown = unit.phases.flatMap((phase) => phase.lines.flatMap((line) => line.actions));
        const expected = unit.phases.length === 0 ? [] : (source?.actions.map((_, index) => index) ?? []);
        assert.deepEqual(
          shown.toSorted((a, b) => a - b),
          expected,
          unit.unit,
        );
      }
    }
  });
  it('shows what will be done once the wait is over, for apply does it', () => {
    const waiting = planView(plans.waiting ?? sample.planOf());
    assert.equal(waiting.changes, true);
    assert.equal(waiting.units[0]?.phases.length, 1);
  });
  it('says that nothing changes only where nothing does', () => {
    assert.equal(planView(plans.nothing ?? sample.planOf()).changes, false);
    assert.equal(planView(plans.blocked ?? sample.planOf()).changes, false);
    assert.equal(planView(plans['drift-heal'] ?? sample.planOf()).changes, true);
  });
});
