// What the process remembers of containers: no longer than it is true.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createMemory } from '../../src/engine/memory.ts';
import type { ObservedContainer } from '../../src/model/observed.ts';

const seen = (id: string, specHash: string): ObservedContainer =>
  ({ id, ours: { unit: 'shop', specHash } }) as ObservedContainer;

it('a farewell counts for those who leave now: once they are gone, the next ones get their time as well', () => {
  const memory = createMemory();
  memory.facts.add('drained:new').add('routed:new');
  memory.forgetFarewells([seen('old', 'a'), seen('new', 'b')]);
  assert.ok(memory.facts.has('drained:new'), 'one drain serves all that leave');
  memory.forgetFarewells([seen('new', 'b'), seen('other', 'b')]);
  assert.deepEqual([...memory.facts], ['routed:new']);
});
