// Proves that a list which is read again, whatever came, went and changed in it, is read as if it were the first one.
import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createAliasReader } from '../../src/adapters/docker/aliases.ts';
import { createListReader, type ListReader } from '../../src/adapters/docker/list-containers.ts';
import { cannedContainer } from '../support/canned-engine-list.ts';

const patience = { ms: 10_000, onLate: () => new Error('late') };
const controller = 'default';

function newReader(): ListReader {
  return createListReader({ controller, aliases: createAliasReader(async () => ({})) });
}

/** What stands in a list: container `index`, as it was `age` changes later. */
interface Entry {
  readonly index: number;
  readonly age: number;
  readonly kind: 'settled' | 'created' | 'swarm';
}

function textOf({ index, age, kind }: Entry): string {
  const element = JSON.parse(cannedContainer(index, { controller }).element);
  element.Status = `Up ${age + 2} hours (healthy)`;
  // Other ages are of one length, so that only the bytes tell.
  if (age === 1) element.Labels['org.opencontainers.image.source'] += '},{"Id":"';
  if (kind === 'created')
    for (const name in element.NetworkSettings.Networks)
      element.NetworkSettings.Networks[name].EndpointID = '';
  if (kind === 'swarm') element.Labels['com.docker.swarm.task.id'] = 'a task';
  return JSON.stringify(element);
}

function answer(list: readonly Entry[], pieceBytes: number, space: string): IncomingMessage {
  const bytes = Buffer.from(`[${space}${list.map(textOf).join(`${space},${space}`)}${space}]\n`);
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += pieceBytes)
    pieces.push(Buffer.from(bytes.subarray(at, at + pieceBytes)));
  return Readable.from(pieces, { objectMode: false }) as IncomingMessage;
}

const entry = fc.record({
  index: fc.nat(12),
  age: fc.nat(2),
  kind: fc.constantFrom('settled', 'settled', 'settled', 'created', 'swarm'),
}) as fc.Arbitrary<Entry>;
const list = fc.uniqueArray(entry, { selector: ({ index }) => index, maxLength: 12 });

describe('a list that is read again', () => {
  it('says what a first reading says', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(list, { minLength: 2, maxLength: 5 }),
        fc.constantFrom(700, 3_000, 65_536),
        fc.constantFrom('', ' \n'),
        async (lists, pieceBytes, space) => {
          const reader = newReader();
          for (const entries of lists) {
            const again = await reader(answer(entries, pieceBytes, space), patience);
            assert.deepEqual(again, await newReader()(answer(entries, 65_536, ''), patience));
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('gives the very records of before for what did not change, wherever it stands now', async () => {
    const reader = newReader();
    const of = (...indexes: number[]) => indexes.map((index): Entry => ({ index, age: 0, kind: 'settled' }));
    const first = await reader(answer(of(1, 2, 3, 4, 5), 65_536, ''), patience);
    const second = await reader(answer(of(9, 1, 3, 4, 8, 2, 5), 65_536, ''), patience);
    const third = await reader(answer(of(9, 1, 3, 4, 8, 2, 5), 65_536, ''), patience);
    const [one, two, three, four, five] = first;
    assert.deepEqual(second, [second[0], one, three, four, second[4], two, five]);
    assert.ok([one, three, four].every((record, at) => record === [second[1], second[2], second[3]][at]));
    assert.ok(third.every((record, at) => record === second[at]));
  });

  it('refuses a list that is cut behind what it knows', async () => {
    const reader = newReader();
    const entries = [0, 1, 2].map((index): Entry => ({ index, age: 0, kind: 'settled' }));
    await reader(answer(entries, 65_536, ''), patience);
    const whole = `[${entries.map(textOf).join(',')}]`;
    for (const cut of [
      whole.length - 1,
      textOf(entries[0] as Entry).length + 1,
      textOf(entries[0] as Entry).length + 2,
    ]) {
      const response = Readable.from([Buffer.from(whole.slice(0, cut))], { objectMode: false });
      await assert.rejects(reader(response as IncomingMessage, patience), SyntaxError);
    }
  });
});
