// Proves what a pull tells on its way, and what becomes of it when the registry or the stream fails.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PullProgress } from '../../src/ports/container-runtime.ts';
import { rejectsWith } from '../contract/container-runtime.expect.ts';
import { json, type Reply } from '../support/canned-engine.ts';
import { cannedRuntime } from '../support/canned-engine-runtime.ts';

const IMAGE = 'ghcr.io/acme/shop:2.1.5';

const lines = (...values: object[]): string => values.map((value) => `${JSON.stringify(value)}\r\n`).join('');

const stream =
  (text: string): Reply =>
  (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(text);
  };

async function pullWith(
  reply: Reply,
  options: { image?: string; signal?: AbortSignal } = {},
): Promise<{ seen: PullProgress[]; url: string }> {
  await using canned = await cannedRuntime();
  canned.engine.answer('POST /images/create', reply);
  const seen: PullProgress[] = [];
  await canned.runtime.pullImage(options.image ?? IMAGE, {
    signal: options.signal ?? new AbortController().signal,
    onProgress: (progress) => seen.push(progress),
  });
  return { seen, url: decodeURIComponent(canned.engine.requests.at(-1)?.url ?? '') };
}

describe('a pull', () => {
  it('adds up layers and bytes, which never go back', async () => {
    const { seen, url } = await pullWith(
      stream(
        lines(
          { status: 'Pulling from acme/shop', id: '2.1.5' },
          { status: 'Already exists', progressDetail: {}, id: 'aaa' },
          { status: 'Pulling fs layer', progressDetail: {}, id: 'bbb' },
          { status: 'Downloading', progressDetail: { current: 40, total: 100 }, id: 'bbb' },
          { status: 'Downloading', progressDetail: { current: 90, total: 100 }, id: 'bbb' },
          { status: 'Download complete', progressDetail: {}, id: 'bbb' },
          { status: 'Extracting', progressDetail: { current: 10, total: 100 }, id: 'bbb' },
          { status: 'Pull complete', progressDetail: {}, id: 'bbb' },
          { status: 'Digest: sha256:77ab01c' },
          { status: 'Status: Downloaded newer image for ghcr.io/acme/shop:2.1.5' },
        ),
      ),
    );
    assert.equal(url, `/v1.45/images/create?fromImage=${IMAGE}`);
    assert.deepEqual(seen.at(-1), { layersDone: 2, layers: 2, bytesDone: 100, bytes: 100 });
    assert.deepEqual(
      seen.map(({ bytesDone }) => bytesDone),
      [0, 0, 40, 90, 100, 100, 100],
    );
  });

  it('asks for one tag where none is said', async () => {
    const { url } = await pullWith(stream(''), { image: 'localhost:5000/shop' });
    assert.match(url, /fromImage=localhost:5000\/shop:latest$/);
  });

  const failures: { said: string; reason: string; disposition: 'retry' | 'stalled'; words: RegExp }[] = [
    {
      said: 'manifest for ghcr.io/acme/shop:2.1.5 not found: manifest unknown',
      reason: 'ImagePullFailed',
      disposition: 'retry',
      words: /^ghcr\.io has no tag 2\.1\.5 of acme\/shop \(".*manifest unknown"\)$/,
    },
    {
      said: 'Head "https://ghcr.io/v2/acme/shop/manifests/2.1.5": unauthorized',
      reason: 'ImagePullDenied',
      disposition: 'stalled',
      words: /^ghcr\.io refused ghcr\.io\/acme\/shop:2\.1\.5/,
    },
    {
      said: "pull access denied for acme/shop, repository does not exist or may require 'docker login'",
      reason: 'ImagePullDenied',
      disposition: 'stalled',
      words: /refused/,
    },
    {
      said: 'toomanyrequests: You have reached your pull rate limit',
      reason: 'ImagePullFailed',
      disposition: 'retry',
      words: /limits how often/,
    },
    {
      said: 'Get "https://ghcr.io/v2/": dial tcp 192.0.2.1:443: connect: connection refused',
      reason: 'ImagePullFailed',
      disposition: 'retry',
      words: /^engine local could not pull/,
    },
    {
      said: 'write /var/lib/docker/tmp/x: no space left on device',
      reason: 'ImagePullFailed',
      disposition: 'retry',
      words: /no room/,
    },
  ];
  for (const { said, ...expected } of failures) {
    it(`that fails inside its stream with "${said.slice(0, 40)}…" is ${expected.reason}`, async () => {
      const text = lines(
        { status: 'Pulling from acme/shop', id: '2.1.5' },
        { error: said, errorDetail: { message: said } },
      );
      await rejectsWith(pullWith(stream(text)), expected);
    });
    it(`that is refused at once with "${said.slice(0, 40)}…" is ${expected.reason}`, async () => {
      await rejectsWith(pullWith(json({ message: said }, 500)), expected);
    });
  }

  it('that is cut is EngineAway, though it went well so far', async () => {
    const reply: Reply = (response) => {
      response.writeHead(200);
      response.write(lines({ status: 'Pulling fs layer', id: 'aaa' }), () => response.socket?.destroy());
    };
    await rejectsWith(pullWith(reply), { reason: 'EngineAway', disposition: 'retry' });
  });

  it('may take longer than its deadline while it moves, and not once it stands still', async () => {
    let sent = 0;
    const reply: Reply = (response) => {
      response.writeHead(200);
      const timer = setInterval(() => {
        sent += 1;
        response.write(
          lines({ status: 'Downloading', id: 'aaa', progressDetail: { current: sent, total: 9 } }),
        );
        if (sent === 8) clearInterval(timer);
      }, 100);
    };
    await rejectsWith(pullWith(reply), { reason: 'EngineSlow', disposition: 'retry' });
    assert.equal(sent, 8, 'it went on beyond 300 ms');
  });

  it('ends with the reason of its signal', async () => {
    const stop = new AbortController();
    const reply: Reply = () => stop.abort(new Error('shutting down'));
    await assert.rejects(pullWith(reply, { signal: stop.signal }), /shutting down/);
  });
});
