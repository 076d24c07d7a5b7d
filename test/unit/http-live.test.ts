// Open pages are kept true: only what changed is sent, not too often, and nobody who does not read holds us up.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Fragment } from '../../src/http/live/patch.ts';
import { type EventStream, readEventStream } from '../support/event-stream.ts';
import { elementOf, textOf } from '../support/html-text.ts';
import { createHttpWorld, type HttpWorld } from '../support/http-world.ts';
import { NOW_MS } from '../support/sample-status.ts';

/** Opens a page, then its stream as its script does. */
async function visit(
  world: HttpWorld,
  path: string,
  options: { headers?: Record<string, string>; between?: () => void } = {},
): Promise<EventStream & { page: string }> {
  const page = await (await world.ask(path)).text();
  const attribute = (name: string) =>
    new RegExp(`data-${name}="([^"]*)"`).exec(page)?.[1]?.replaceAll('&amp;', '&');
  options.between?.();
  const response = await world.ask(`${attribute('stream')}&from=${attribute('from')}`, {
    headers: options.headers ?? {},
  });
  assert.equal(response.status, 200);
  const stream = readEventStream(response);
  assert.deepEqual(await stream.arrived(), [{ event: 'comment', id: null, data: 'hello' }]);
  return { ...stream, page };
}

async function patches(stream: EventStream): Promise<Fragment[][]> {
  const messages = (await stream.arrived()) ?? [];
  return messages.filter(({ event }) => event === 'patch').map(({ data }) => data as Fragment[]);
}

async function events(stream: EventStream): Promise<string[] | null> {
  return (await stream.arrived())?.map(({ event, data }) => (event === 'say' ? String(data) : event)) ?? null;
}

const settle = (world: HttpWorld) => world.clock.advance(250);

describe('a change', () => {
  it('is sent as the parts that say something new, rendered as the page renders them', async () => {
    const world = createHttpWorld();
    const stream = await visit(world, '/');
    world.controller.change('database', { outcome: 'degraded', sentence: 'runs 17.2, 1 of 1 not well' });
    await settle(world);
    const [patch, ...more] = await patches(stream);
    assert.deepEqual(patch?.map(({ id }) => id).sort(), ['counts', 'headline', 'needs', 'w-database']);
    assert.deepEqual(more, []);
    const page = await (await world.ask('/')).text();
    for (const { id, html } of patch ?? []) assert.equal(html, elementOf(page, id));
    assert.equal(patch?.find(({ id }) => id === 'w-database')?.into, 'rows');
  });

  it('that changes nothing on this page sends nothing, and neither does an age', async () => {
    const world = createHttpWorld();
    const stream = await visit(world, '/workloads/immich');
    await world.clock.advance(10_000);
    world.controller.change('database', { outcome: 'degraded' });
    await settle(world);
    assert.deepEqual(await patches(stream), []);
  });

  it('a pass that ends renews its age', async () => {
    const world = createHttpWorld();
    const stream = await visit(world, '/workloads/immich');
    world.controller.set({ lastPassMs: NOW_MS });
    world.controller.tell({ type: 'pass' });
    await settle(world);
    const [patch] = await patches(stream);
    assert.deepEqual(
      patch?.map(({ id, html }) => [id, textOf(html)]),
      [['live', '· last pass just now']],
    );
  });

  it('a hundred in a second are four patches at the most', async () => {
    const world = createHttpWorld();
    const stream = await visit(world, '/');
    for (let n = 0; n < 100; n++) {
      world.controller.change('database', { sentence: `runs 17.2, look ${n}`, runs: `17.${n}` });
      await world.clock.advance(10);
    }
    await settle(world);
    const sent = await patches(stream);
    assert.ok(sent.length >= 3 && sent.length <= 5, `${sent.length} patches`);
    assert.match(
      sent
        .at(-1)
        ?.map(({ html }) => html)
        .join('') ?? '',
      /17\.99/,
    );
  });

  it('between the page and its stream is not lost', async () => {
    const world = createHttpWorld();
    const between = () => world.controller.change('database', { outcome: 'degraded' });
    const stream = await visit(world, '/', { between });
    await settle(world);
    const [patch] = await patches(stream);
    assert.ok(patch?.some(({ id }) => id === 'w-database'));
    assert.ok(!patch?.some(({ id }) => id === 'w-immich'));
  });

  it('adds a workload that is new, and takes away one that left the filter', async () => {
    const world = createHttpWorld();
    const stream = await visit(world, '/?state=converged');
    world.controller.change('database', { outcome: 'degraded' });
    world.controller.change('immich', { outcome: 'converged', problems: [] });
    await settle(world);
    const [patch] = await patches(stream);
    const rows = patch
      ?.filter(({ id }) => id.startsWith('w-'))
      .map(({ id, html, into }) => [id, html !== '', into]);
    assert.deepEqual(rows, [
      ['w-immich', true, 'rows'],
      ['w-database', false, undefined],
    ]);
  });

  it('adds lines to a log that is written, one by one', async () => {
    const world = createHttpWorld();
    const stream = await visit(world, '/workloads/wiki/prod/logs');
    const deploy = world.house.store.deploys('wiki/prod', { limit: 1 })[0];
    const deployId = deploy?.id ?? 0;
    world.house.store.addDeployLog({
      deployId,
      atMs: NOW_MS,
      level: 'info',
      phase: 'prepare',
      text: 'pulled <all>',
    });
    world.controller.tell({ type: 'deploy', unit: 'wiki/prod', deployId });
    await settle(world);
    const [patch] = await patches(stream);
    assert.deepEqual(
      patch?.map(({ id, into, html }) => [id, into, textOf(html)]),
      [[`log-${deployId}-2`, `log-${deployId}`, '16:02:31.304 pulled <all>']],
    );
  });
});

describe('coming back', () => {
  const idOf = async (stream: EventStream) =>
    (await stream.arrived())?.find(({ event }) => event === 'patch')?.id ?? '';

  it('with the last id gives what changed since, and nothing when nothing did', async () => {
    const world = createHttpWorld();
    const first = await visit(world, '/');
    world.controller.change('database', { outcome: 'degraded' });
    await settle(world);
    const id = await idOf(first);
    assert.match(id, /^[0-9a-z]+\.1$/);
    await first.leave();

    const again = await visit(world, '/', { headers: { 'last-event-id': id } });
    await settle(world);
    assert.deepEqual(await patches(again), []);
    await again.leave();

    world.controller.change('gitea', { runs: '1.24.9' });
    const third = await visit(world, '/', { headers: { 'last-event-id': id } });
    await settle(world);
    const [patch] = await patches(third);
    assert.deepEqual(
      patch?.map(({ id: part }) => part),
      ['w-gitea'],
    );
  });

  it('with an id that nobody remembers gives everything', async () => {
    const world = createHttpWorld({ calm: 3 });
    for (const id of ['other.7', 'nonsense', `i00000.999`, '']) {
      const stream = await visit(world, '/', { headers: { 'last-event-id': id } });
      await settle(world);
      const [patch] = await patches(stream);
      // Twelve rows, and the parts around them.
      assert.equal(patch?.length, 12 + 8, id);
      await stream.leave();
    }
  });

  it('after an update of Tinyforge offers to load again', async () => {
    const old = createHttpWorld({ version: '0.1.0' });
    const page = await (await old.ask('/')).text();
    const stream = /data-stream="([^"]*)"/.exec(page)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const world = createHttpWorld({ version: '0.2.0' });
    const opened = readEventStream(await world.ask(`${stream}&from=i00000.0`));
    assert.deepEqual(await events(opened), ['comment', 'reload']);
  });

  it('to a page that is gone offers to load again', async () => {
    const world = createHttpWorld();
    const stream = await visit(world, '/workloads/immich');
    const units = world.controller.overview().units.filter(({ unit }) => unit !== 'immich');
    world.controller.set({ units });
    world.controller.tell({ type: 'pass' });
    await settle(world);
    assert.deepEqual(await events(stream), ['reload']);
  });
});

describe('what is said', () => {
  it('is one sentence in five seconds, and nothing of it is lost', async () => {
    const world = createHttpWorld();
    const stream = await visit(world, '/routes');
    const said = async () => (await events(stream))?.filter((event) => / /.test(event));
    world.controller.change('database', { outcome: 'degraded' });
    await settle(world);
    assert.deepEqual(await said(), ['database is degraded.']);
    world.controller.change('gitea', { outcome: 'failed' });
    await world.clock.advance(1_000);
    world.controller.change('immich', { outcome: 'converged' });
    await world.clock.advance(1_000);
    assert.deepEqual(await said(), []);
    await world.clock.advance(4_000);
    assert.deepEqual(await said(), ['2 workloads changed their state.']);
  });
});

describe('a stream', () => {
  it('says what it is, to browsers and to proxies', async () => {
    const { response } = await visit(createHttpWorld(), '/');
    assert.equal(response.headers.get('content-type'), 'text/event-stream; charset=utf-8');
    assert.equal(response.headers.get('x-accel-buffering'), 'no');
    assert.equal(response.headers.get('cache-control'), 'no-store, no-transform');
  });

  it('is kept awake every 15 s', async () => {
    const world = createHttpWorld();
    const stream = await visit(world, '/');
    await world.clock.advance(14_000);
    assert.deepEqual(await events(stream), []);
    await world.clock.advance(2_000);
    assert.deepEqual(await events(stream), ['comment']);
  });

  it('that nobody reads holds so much and no more; then it is told to load again', async () => {
    const world = createHttpWorld();
    const stream = await visit(world, '/');
    // Two messages are on their way to the reader, 64 in the outbox; the next one is too much.
    for (let n = 0; n < 100; n++) {
      world.controller.change('database', { runs: `17.${n}` });
      await world.clock.advance(250);
    }
    assert.deepEqual(await events(stream), ['patch', 'patch', 'reload']);
    world.controller.change('database', { runs: '18' });
    await settle(world);
    assert.deepEqual(await events(stream), []);
  });

  it('that nobody reads for 30 s is cut, connection and all', async () => {
    const world = createHttpWorld();
    let destroyed = 0;
    const headers = { host: 'localhost:8480' };
    const request = new Request('http://localhost:8480/events/stream?page=/&version=0.1.0', { headers });
    const response = await world.app.fetch(request, { outgoing: { destroy: () => (destroyed += 1) } });
    world.controller.change('database', { runs: '18' });
    await world.clock.advance(29_000);
    assert.equal(destroyed, 0, 'not too early');
    await world.clock.advance(2_000);
    assert.equal(destroyed, 1);
    assert.match(await response.text(), /hello/, 'it ends');
    assert.equal(world.clock.sleeping(), 0, 'nothing of it is left');
  });

  it('is refused beyond 64, and a tab that goes makes room', async () => {
    const world = createHttpWorld();
    const open = await Promise.all(Array.from({ length: 64 }, () => visit(world, '/routes')));
    const refused = await world.ask('/events/stream?page=/');
    assert.equal(refused.status, 503);
    assert.equal(refused.headers.get('retry-after'), '30');
    await open[0]?.leave();
    await visit(world, '/routes');
  });

  it('for no page of ours is refused', async () => {
    const world = createHttpWorld();
    for (const page of ['https://evil.example/', 'x', `/${'x'.repeat(1000)}`])
      assert.equal((await world.ask(`/events/stream?page=${encodeURIComponent(page)}`)).status, 400);
  });

  it('ends when the app is closed, and nobody listens any more', async () => {
    const world = createHttpWorld();
    const streams = [await visit(world, '/'), await visit(world, '/routes')];
    assert.equal(world.controller.listeners(), 1);
    world.controller.change('database', { runs: '18' });
    world.app.close();
    for (const stream of streams) assert.equal(await stream.arrived(), null);
    assert.equal(world.controller.listeners(), 0);
    assert.equal(world.clock.sleeping(), 0);
  });

  it('goes on when one page cannot be made', async () => {
    const world = createHttpWorld();
    const stream = await visit(world, '/');
    world.controller.break(new Error('a bug'));
    world.controller.tell({ type: 'pass' });
    await settle(world);
    assert.deepEqual(await events(stream), []);
    assert.deepEqual(world.log.messages('error'), [
      'A page could not be renewed',
      'Open pages could not be renewed',
    ]);
    world.controller.break(null);
    world.controller.change('database', { runs: '18' });
    await settle(world);
    assert.deepEqual(await events(stream), ['patch']);
  });
});
