// Proves that the event stream is followed over cuts, freezes and restarts, and that each gap is told.
import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { describe, it } from 'node:test';
import { LABEL } from '../../src/model/labels.ts';
import type { EngineEvent } from '../../src/ports/container-runtime.ts';
import { type CannedRuntime, cannedRuntime } from '../support/canned-engine-runtime.ts';
import { until } from '../support/real/until.ts';

interface Watched extends AsyncDisposable {
  events: EngineEvent[];
  gaps: string[];
  aways: string[];
  /** The streams that were opened, oldest first. */
  streams: ServerResponse[];
  stop(): Promise<void>;
}

function watched({ engine, runtime }: CannedRuntime): Watched {
  const events: EngineEvent[] = [];
  const gaps: string[] = [];
  const aways: string[] = [];
  const streams: ServerResponse[] = [];
  engine.answer('GET /events', (response) => {
    streams.push(response);
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
  });
  const stop = runtime.watch({
    onEvent: (event) => events.push(event),
    onGap: (why) => gaps.push(why),
    onAway: (error) => aways.push(error.message),
  });
  return { events, gaps, aways, streams, stop, [Symbol.asyncDispose]: stop };
}

const die = {
  Type: 'container',
  Action: 'die',
  Actor: {
    ID: 'c0ffee',
    Attributes: {
      name: 'shop-prod-1',
      exitCode: '137',
      [LABEL.managed]: 'true',
      [LABEL.controller]: 'default',
      [LABEL.unit]: 'shop/prod',
      'com.docker.compose.project': 'shop',
    },
  },
  timeNano: 1_900_000_000_123_000_000,
};

const line = (value: object): string => `${JSON.stringify(value)}\n`;

describe('the watch of an engine', () => {
  it('reads events, also when they come in pieces', async () => {
    await using canned = await cannedRuntime();
    await using watch = watched(canned);
    await until({ what: 'the stream', look: () => watch.gaps.length === 1 });
    const text = Buffer.from(
      line(die) + line({ ...die, Action: 'health_status: healthy', Actor: { ID: 'é' } }),
    );
    for (const byte of text) watch.streams[0]?.write(Buffer.from([byte]));
    await until({ what: 'two events', look: () => watch.events.length === 2 });
    assert.deepEqual(watch.events, [
      {
        type: 'container',
        action: 'die',
        id: 'c0ffee',
        name: 'shop-prod-1',
        unit: 'shop/prod',
        composeProject: 'shop',
        exitCode: 137,
      },
      {
        type: 'container',
        action: 'health_status: healthy',
        id: 'é',
        name: null,
        unit: null,
        composeProject: null,
        exitCode: null,
      },
    ]);
    assert.deepEqual(watch.aways, []);
  });

  it('asks for what it cares for, and for a moment before it asked', async () => {
    await using canned = await cannedRuntime();
    await using watch = watched(canned);
    await until({ what: 'the stream', look: () => watch.gaps.length === 1 });
    const url = new URL(
      canned.engine.requests.find(({ call }) => call === 'GET /events')?.url ?? '',
      'http://x',
    );
    const filters = JSON.parse(url.searchParams.get('filters') ?? '');
    assert.deepEqual(filters.type, ['container', 'network', 'image', 'volume']);
    assert.ok(filters.event.includes('die') && filters.event.includes('health_status'));
    assert.ok(!filters.event.some((name: string) => name.startsWith('exec')));
    const agoMs = Date.now() - Number(url.searchParams.get('since')) * 1000;
    assert.ok(agoMs >= 1_000 && agoMs < 30_000, `since ${agoMs} ms ago`);
  });

  for (const how of ['is cut', 'ends'] as const)
    it(`opens another stream when one ${how}, from where it was, and tells the gap`, async () => {
      await using canned = await cannedRuntime();
      await using watch = watched(canned);
      await until({ what: 'the stream', look: () => watch.gaps.length === 1 });
      watch.streams[0]?.write(line(die));
      await until({ what: 'an event', look: () => watch.events.length === 1 });
      if (how === 'ends') watch.streams[0]?.end();
      else watch.streams[0]?.destroy();
      await until({ what: 'the next stream', look: () => watch.gaps.length === 2 });
      assert.deepEqual(watch.aways, ['engine local does not answer (the connection was cut)']);
      assert.deepEqual(watch.gaps, ['listening to engine local', 'engine local answers again']);
      const [, again] = canned.engine.requests.filter(({ call }) => call === 'GET /events');
      assert.match(again?.url ?? '', /since=1899999999\.123&/);
      watch.streams[1]?.write(line(die));
      await until({ what: 'an event of the new stream', look: () => watch.events.length === 2 });
    });

  it('asks for the version again after a gap, for the engine may be another', async () => {
    await using canned = await cannedRuntime();
    await using watch = watched(canned);
    await until({ what: 'the stream', look: () => watch.gaps.length === 1 });
    watch.streams[0]?.destroy();
    await until({ what: 'the next stream', look: () => watch.gaps.length === 2 });
    assert.equal(canned.engine.requests.filter(({ call }) => call === 'GET /version').length, 2);
  });

  it('notices a frozen engine by its pings, though the stream stays open', async () => {
    await using canned = await cannedRuntime();
    await using watch = watched(canned);
    await until({ what: 'the stream', look: () => watch.gaps.length === 1 });
    canned.engine.freeze();
    await until({ what: 'the engine to be away', look: () => watch.aways.length > 0 });
    assert.deepEqual(watch.aways, ['engine local does not answer: no reply to GET /_ping in 0.1 s']);
    assert.equal(watch.streams[0]?.writableFinished, false);
    canned.engine.thaw();
    await until({ what: 'the engine to be back', look: () => watch.gaps.length === 2 });
    assert.equal(watch.aways.length, 1, 'one outage is told once');
  });

  it('forgives one ping that is not answered', async () => {
    await using canned = await cannedRuntime();
    let pings = 0;
    canned.engine.answer('GET /_ping', (response) => {
      pings += 1;
      if (pings % 2 === 0) response.end('OK');
    });
    await using watch = watched(canned);
    await until({ what: 'six pings', look: () => pings >= 6 });
    assert.deepEqual([watch.aways, watch.gaps.length], [[], 1]);
  });

  it('waits for an engine that is not there yet, with less and less haste', async () => {
    await using canned = await cannedRuntime();
    await canned.engine.die();
    await using watch = watched(canned);
    await until({ what: 'the first refusal', look: () => watch.aways.length === 1 });
    await canned.engine.comeBack();
    await until({ what: 'the stream', look: () => watch.gaps.length === 1 });
    assert.match(watch.aways[0] ?? '', /no socket at that path/);
    assert.deepEqual(watch.gaps, ['engine local answers again']);
  });

  it('says nothing after its stop, which also ends a wait', async () => {
    await using canned = await cannedRuntime();
    const watch = watched(canned);
    await until({ what: 'the stream', look: () => watch.gaps.length === 1 });
    await watch.stop();
    watch.streams[0]?.write(line(die));
    await until({ what: 'the connection to be closed', look: () => watch.streams[0]?.destroyed });
    assert.deepEqual([watch.events, watch.aways, watch.gaps.length], [[], [], 1]);
  });
});
