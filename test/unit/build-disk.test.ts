// A build that fills more of the disk than it may is ended, and to know it the engine is not kept busy.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { watchDisk } from '../../src/engine/handlers/build-disk.ts';
import { fault } from '../../src/model/errors.ts';
import { json } from '../support/canned-engine.ts';
import { cannedRuntime } from '../support/canned-engine-runtime.ts';

const MOST = 10_000_000;

/** Looks four times a second for so long; the engine takes so long to tell each time. */
function house(
  tell: (asked: number) => number | Error | null,
  { tellsInMs = 0, volumes = [] as string[] } = {},
) {
  let nowMs = 0;
  let asked = 0;
  const runtime = {
    async writtenBytes() {
      asked += 1;
      nowMs += tellsInMs;
      const told = tell(asked);
      if (told instanceof Error) throw told;
      return told;
    },
  };
  const disk = watchDisk({ container: 'c', volumes, most: MOST }, { runtime, clock: { nowMs: () => nowMs } });
  return {
    asked: () => asked,
    async looks(forMs: number): Promise<string | null> {
      for (const untilMs = nowMs + forMs; nowMs < untilMs; nowMs += 250) {
        const why = await disk.look();
        if (why !== null) return why;
      }
      return null;
    },
  };
}

describe('the disk that a build fills', () => {
  it('may be filled up to its limit, and not further', async () => {
    assert.equal(await house(() => MOST).looks(5_000), null);
    const why = 'filled more than the 10 MB of disk that it has';
    assert.equal(await house((asked) => (asked < 3 ? 0 : MOST + 1)).looks(5_000), why);
  });

  it('is told of with the volumes that count', async () => {
    assert.equal(
      await house(() => MOST + 1, { volumes: ['docs-cache-a', 'docs-cache-b'] }).looks(1),
      'filled more than the 10 MB of disk that it has, what docs-cache-a and docs-cache-b keep among it',
    );
  });

  it('is asked for every second, and where that takes long a tenth of the time at most', async () => {
    const quick = house(() => 0);
    await quick.looks(10_000);
    assert.equal(quick.asked(), 10);
    const slow = house(() => 0, { tellsInMs: 5_000 });
    await slow.looks(170_000);
    assert.ok(slow.asked() >= 3 && slow.asked() <= 4, `${slow.asked()} times`);
  });

  it('is not known where the engine does not tell, and that alone ends no build', async () => {
    const away = fault({ code: 'ENGINE_AWAY', reason: 'EngineAway', message: 'away', disposition: 'retry' });
    assert.equal(await house((asked) => (asked % 2 === 0 ? away : null)).looks(5_000), null);
    await assert.rejects(house(() => new TypeError('ours')).looks(1), /ours/);
  });
});

describe('what a container has written', () => {
  it('is its own layer, and its volumes of those that the engine knows', async () => {
    await using canned = await cannedRuntime();
    canned.engine.answer('GET /containers/c/json', json({ Id: 'c', SizeRw: 5, SizeRootFs: 900 }));
    canned.engine.answer(
      'GET /system/df',
      json({
        Volumes: [
          { Name: 'ours', UsageData: { Size: 70, RefCount: 1 } },
          { Name: 'unknown', UsageData: { Size: -1, RefCount: 1 } },
          { Name: 'untold' },
          { Name: 'others', UsageData: { Size: 4_000, RefCount: 1 } },
        ],
      }),
    );
    assert.equal(await canned.runtime.writtenBytes('c', { volumes: [] }), 5);
    assert.ok(!canned.calls().includes('GET /system/df'), 'not asked where nobody needs it');
    assert.equal(await canned.runtime.writtenBytes('c', { volumes: ['ours', 'unknown', 'untold'] }), 75);
    const urls = canned.engine.requests.map(({ url }) => url.replace(/^\/v[\d.]+/, ''));
    assert.ok(urls.includes('/containers/c/json?size=true') && urls.includes('/system/df?type=volume'));
  });

  it('is nothing of who is gone, and of an engine that has no such count', async () => {
    await using canned = await cannedRuntime();
    canned.engine.answer('GET /containers/gone/json', (response) => {
      response.writeHead(404, { 'content-type': 'application/json' });
      response.end('{"message":"No such container: gone"}');
    });
    canned.engine.answer('GET /containers/c/json', json({ Id: 'c' }));
    assert.equal(await canned.runtime.writtenBytes('gone', { volumes: [] }), null);
    assert.equal(await canned.runtime.writtenBytes('c', { volumes: ['v'] }), null);
  });
});
