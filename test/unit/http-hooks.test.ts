// Webhooks are hints (law 11): verified over raw bytes, answered at once, kept once, and never obeyed.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createHttpWorld, HOOK_SECRET, sign } from '../support/http-world.ts';

const PUSH = '{"ref":"refs/heads/main"}';

async function outcome(answer: Response): Promise<string> {
  const { data, error } = (await answer.json()) as { data?: { outcome: string }; error?: { reason: string } };
  return `${answer.status} ${data?.outcome ?? error?.reason}`;
}

describe('a delivery', () => {
  it('that is signed wakes the loop for its source, and is written down', async () => {
    const world = createHttpWorld();
    assert.equal(await outcome(await world.deliver(PUSH, { 'x-delivery': 'one' })), '202 accepted');
    const why = 'a webhook said that something changed';
    assert.deepEqual(world.controller.triggers, [{ why, sources: ['home'], units: [], refresh: true }]);
    const [row] = world.house.store.deliveries({ limit: 10 });
    assert.deepEqual(
      [row?.hook, row?.sender, row?.deliveryId, row?.kind, row?.summary, row?.outcome],
      ['hub', 'paper-planes', 'one', 'git', 'git.example.com/me/infra refs/heads/main', 'accepted'],
    );
    assert.deepEqual(world.hooked, [{ hook: 'hub', result: 'accepted' }]);
  });

  for (const [name, change] of [
    ['one bit of its body flipped', (body: Buffer) => body.with(3, (body[3] ?? 0) ^ 1)],
    ['a space added', (body: Buffer) => Buffer.concat([body, Buffer.from(' ')])],
    ['its end cut off', (body: Buffer) => body.subarray(0, -1)],
    ['no body', () => Buffer.alloc(0)],
  ] as const) {
    it(`with ${name} is refused before it is read`, async () => {
      const world = createHttpWorld();
      const headers = { 'x-signature': sign(PUSH) };
      const body = new Uint8Array(change(Buffer.from(PUSH)));
      const answer = await world.ask('/api/webhooks/hub', { method: 'POST', headers, body });
      assert.equal(await outcome(answer), '401 SignatureWrong');
      assert.deepEqual(world.controller.triggers, []);
      assert.deepEqual(world.house.store.deliveries({ limit: 10 }), []);
      assert.deepEqual(world.hooked, [{ hook: 'hub', result: 'refused' }]);
    });
  }

  it('without a signature, with two, or with that of another secret is refused', async () => {
    const world = createHttpWorld();
    const headers: Record<string, string>[] = [
      {},
      { 'x-signature': `${sign(PUSH)}, ${sign(PUSH)}` },
      { 'x-signature': sign(PUSH, 'another secret') },
      { authorization: `Bearer ${HOOK_SECRET}` },
    ];
    for (const each of headers) {
      const answer = await world.ask('/api/webhooks/hub', { method: 'POST', headers: each, body: PUSH });
      assert.equal(answer.status, 401);
    }
  });

  it('that comes again, by its id or by its very bytes, is taken and wakes nobody', async () => {
    const world = createHttpWorld();
    const triggers = async () => {
      await world.clock.advance(1_000);
      return world.controller.triggers.length;
    };
    await world.deliver(PUSH, { 'x-delivery': 'one' });
    assert.equal(await triggers(), 1);
    const again = await world.deliver('{"ref":"other"}', { 'x-delivery': 'one' });
    assert.equal(await outcome(again), '202 duplicate');
    assert.equal(await triggers(), 1);
    await world.deliver('{"ref":"main"}');
    assert.equal(await triggers(), 2);
    assert.equal(await outcome(await world.deliver('{"ref":"main"}')), '202 duplicate');
    assert.equal(await triggers(), 2);
    assert.deepEqual(
      world.hooked.map(({ result }) => result),
      ['accepted', 'duplicate', 'accepted', 'duplicate'],
    );
  });

  for (const body of ['{"ping":true}', '{"odd":true}']) {
    it(`${body} is authenticated and changes nothing`, async () => {
      const world = createHttpWorld();
      assert.equal(await outcome(await world.deliver(body)), '202 ignored');
      assert.deepEqual(world.controller.triggers, []);
    });
  }

  it('about something that nobody here has is ignored', async () => {
    const world = createHttpWorld({ match: () => ({ sources: [], units: [] }) });
    assert.equal(await outcome(await world.deliver(PUSH)), '202 ignored');
  });

  it('reaches only the sources that its hook names', async () => {
    const webhooks = [{ name: 'hub', sender: 'paper-planes', secret: 'hub', sources: ['edge'] }];
    const world = createHttpWorld({
      config: { webhooks },
      match: () => ({ sources: ['home', 'edge'], units: ['shop/prod'] }),
    });
    await world.deliver(PUSH);
    assert.deepEqual(
      world.controller.triggers.map(({ sources, units }) => ({ sources, units })),
      [
        { sources: ['edge'], units: [] },
        { sources: [], units: ['shop/prod'] },
      ],
    );
  });

  it('whose diary cannot be written still counts', async () => {
    const world = createHttpWorld();
    const broken = createHttpWorld({
      house: {
        ...world.house,
        store: {
          ...world.house.store,
          addDelivery() {
            throw new Error('the disk is full');
          },
        },
      },
    });
    assert.equal(await outcome(await broken.deliver(PUSH)), '202 accepted');
    assert.equal(broken.controller.triggers.length, 1);
    assert.deepEqual(broken.log.messages('error'), ['A webhook delivery could not be written down']);
  });
});

describe('many deliveries', () => {
  it('in a burst wake the loop twice: at once, and once for all the rest', async () => {
    const world = createHttpWorld();
    for (let n = 0; n < 50; n++) assert.equal((await world.deliver(`{"ref":"r${n}"}`)).status, 202);
    assert.equal(world.controller.triggers.length, 1);
    await world.clock.advance(250);
    assert.equal(world.controller.triggers.length, 2);
    await world.clock.advance(10_000);
    assert.equal(world.controller.triggers.length, 2);
  });

  it('beyond a flood are put off, each hook for itself, and taken again later', async () => {
    const hook = { sender: 'paper-planes', secret: 'hub', sources: [] };
    const webhooks = [
      { ...hook, name: 'hub' },
      { ...hook, name: 'quiet' },
    ];
    const world = createHttpWorld({ config: { webhooks } });
    const statuses: number[] = [];
    for (let n = 0; n < 310; n++) statuses.push((await world.deliver(`{"ref":"r${n}"}`)).status);
    assert.deepEqual([statuses.indexOf(429), statuses.filter((status) => status === 202).length], [300, 300]);
    const quiet = { method: 'POST', headers: { 'x-signature': sign(PUSH) }, body: PUSH };
    assert.equal((await world.ask('/api/webhooks/quiet', quiet)).status, 202);
    await world.clock.advance(1_000);
    assert.equal((await world.deliver('{"ref":"later"}')).status, 202);
  });

  it('that never end hold no more than so many bodies', async () => {
    const world = createHttpWorld();
    const stuck = Array.from({ length: 16 }, () => {
      let end: (() => void) | undefined;
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          end = () => controller.close();
        },
      });
      const answer = world.ask('/api/webhooks/hub', { method: 'POST', body });
      return { answer, end: () => end?.() };
    });
    const busy = await world.deliver(PUSH);
    assert.equal(await outcome(busy), '503 Busy');
    assert.equal(busy.headers.get('retry-after'), '1');
    for (const { answer, end } of stuck) {
      end();
      assert.equal((await answer).status, 401);
    }
    assert.equal((await world.deliver(PUSH)).status, 202);
  });
});

describe('bodies of hooks', () => {
  it('of 5 MiB are read, and of one byte more are not', async () => {
    const world = createHttpWorld();
    const most = `{"ref":"${'x'.repeat(5 * 1024 * 1024 - 10)}"}`;
    assert.equal((await world.deliver(most)).status, 202);
    assert.equal(await outcome(await world.deliver(`${most} `)), '413 BodyTooLarge');
  });

  it('that are compressed are not taken', async () => {
    const world = createHttpWorld();
    assert.equal(
      await outcome(await world.deliver(PUSH, { 'content-encoding': 'gzip' })),
      '415 EncodingUnknown',
    );
    assert.equal(
      await outcome(await world.deliver(PUSH, { 'content-encoding': 'identity' })),
      '202 accepted',
    );
  });
});

describe('what is told', () => {
  it('to a hook that is not there is 404, whoever asks', async () => {
    const world = createHttpWorld();
    const answer = await world.ask('/api/webhooks/other', { method: 'POST', body: PUSH });
    assert.equal(await outcome(answer), '404 HookUnknown');
  });

  for (const [name, sender, secret] of [
    ['secret is missing', 'paper-planes', ''],
    ['sender is unknown', 'owls', HOOK_SECRET],
  ] as const) {
    it(`when the ${name}: not verified, so not taken, and to be tried again`, async () => {
      const webhooks = [{ name: 'hub', sender, secret: 'hub', sources: [] }];
      const world = createHttpWorld({ config: { webhooks }, secrets: { hub: secret } });
      assert.equal(await outcome(await world.deliver(PUSH)), '503 HookSecretMissing');
      assert.deepEqual(world.controller.triggers, []);
    });
  }

  it('in the log is neither path nor header nor secret', async () => {
    const webhooks = [{ name: 'path-that-is-secret', sender: 'paper-planes', secret: 'hub', sources: [] }];
    const world = createHttpWorld({ config: { webhooks } });
    for (const signature of [sign(PUSH), 'wrong'])
      await world.ask('/api/webhooks/path-that-is-secret', {
        method: 'POST',
        headers: { 'x-signature': signature },
        body: PUSH,
      });
    const text = JSON.stringify(world.log.records);
    assert.ok(world.log.records.length >= 2);
    for (const secret of ['path-that-is-secret', sign(PUSH), HOOK_SECRET])
      assert.ok(!text.includes(secret), secret);
  });
});
