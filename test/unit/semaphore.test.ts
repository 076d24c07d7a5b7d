// Who has begun is carried on with before somebody else is begun with.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createSemaphore } from '../../src/engine/semaphore.ts';

describe('work that waits for its turn', () => {
  it('carries each walk to its end before the next one begins', async () => {
    const heavy = createSemaphore(1);
    const done: string[] = [];
    const walk = async (name: string) => {
      const place = heavy.place();
      for (const step of ['create', 'start'])
        await place.run(async () => {
          await Promise.resolve();
          done.push(`${step} ${name}`);
        });
    };
    await Promise.all([walk('a'), walk('b'), walk('c')]);
    assert.deepEqual(done, ['create a', 'start a', 'create b', 'start b', 'create c', 'start c']);
  });

  it('never does more than its limit at once, and goes on after a failure', async () => {
    const heavy = createSemaphore(2);
    let now = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, ++now);
      await Promise.resolve();
      now--;
      throw new Error('as planned');
    };
    const results = await Promise.allSettled(Array.from({ length: 6 }, () => heavy.place().run(work)));
    assert.equal(most, 2);
    assert.equal(results.filter(({ status }) => status === 'rejected').length, 6);
    assert.equal(await heavy.place().run(async () => 'still served'), 'still served');
  });
});
