// An archive may hold 100,000 files and folders, as docs/sites.md says, and not one more: with the product's own limits.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { createGzip } from 'node:zlib';
import { pack } from 'tar-stream';
import { createContents } from '../../src/adapters/archive/contents.ts';
import { makePlace } from '../support/real/place.ts';

const MOST = 100_000;

async function archiveOf(files: number): Promise<Buffer> {
  const tar = pack();
  const zipped = tar.pipe(createGzip({ level: 1 }));
  const whole = zipped.toArray();
  for (let index = 0; index < files; index += 1)
    if (!tar.entry({ name: `f${index}` }, '')) await setImmediate();
  tar.finalize();
  return Buffer.concat(await whole);
}

it('an archive of 100,001 files is refused, and leaves nothing', async () => {
  await using place = await makePlace('archive');
  await mkdir(place.at('data'));
  const store = createContents({
    dataDirectory: place.at('data'),
    isPrivate: () => true,
    clock: { nowMs: () => Date.now() },
  });
  const bytes = await archiveOf(MOST + 1);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const host = createServer((_request, response) => response.end(bytes)).listen(0, '127.0.0.1');
  try {
    await once(host, 'listening');
    const url = `http://127.0.0.1:${(host.address() as AddressInfo).port}/site.tar.gz`;
    const archive = { type: 'archive' as const, url, sha256, path: '' };
    const options = { credential: null, signal: new AbortController().signal, onProgress: () => {} };
    await assert.rejects(store.fetch(archive, options), /more than 100000 files and folders/);
    assert.equal((await store.look(archive)).here, false);
    assert.deepEqual(await readdir(place.at('data/contents')), []);
  } finally {
    host.closeAllConnections();
    host.close();
  }
});
