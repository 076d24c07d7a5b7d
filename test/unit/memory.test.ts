// What the process remembers of containers: no longer than it is true.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { farewellFact } from '../../src/core/route/facts.ts';
import { createMemory } from '../../src/engine/memory.ts';

it('a farewell is the one of who leaves: whoever has ended and comes back gets its time anew', () => {
  const memory = createMemory();
  memory.facts.add(farewellFact('new', 'old')).add('routed:new');
  memory.keepOnly(new Set(['old', 'new']));
  assert.ok(memory.facts.has(farewellFact('new', 'old')), 'it is to be stopped, and waited for once');
  memory.keepOnly(new Set(['new']));
  assert.deepEqual([...memory.facts], ['routed:new']);
});

it('a farewell from one heir is none from another', () => {
  assert.notEqual(farewellFact('a', 'old'), farewellFact('b', 'old'));
});
