// Archives by https, from hosts whose certificates are checked: what is sent to whom, and that a redirect may lead elsewhere.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import tls from 'node:tls';
import { pack } from 'tar-stream';
import { createContents } from '../../src/adapters/archive/contents.ts';
import { isFault } from '../../src/model/errors.ts';
import { type Pair, selfSigned } from '../support/npm/self-signed.ts';

const CREDENTIAL = 'me:secret';
const SENT = `Basic ${Buffer.from(CREDENTIAL).toString('base64')}`;

async function archiveOf(text: string): Promise<Buffer> {
  const tar = pack();
  tar.entry({ name: 'index.html' }, text);
  tar.finalize();
  const parts: Buffer[] = [];
  for await (const part of tar) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

describe('an archive by https', () => {
  const known = tls.getCACertificates('default');
  let pair: Pair;
  let folder = '';
  before(async () => {
    pair = await selfSigned(['localhost']);
    folder = await mkdtemp(join(tmpdir(), 'tinyforge-https-'));
  });
  after(() => rm(folder, { recursive: true }));

  async function served(listener: RequestListener) {
    const server = createServer({ cert: pair.certificate, key: pair.key }, listener).listen(0, 'localhost');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    return {
      url: `https://localhost:${port}`,
      [Symbol.asyncDispose]: async () => {
        server.closeAllConnections();
        await new Promise((go) => server.close(go));
      },
    };
  }

  /** By a process to which this machine is the internet. */
  async function fetched(url: string, bytes: Buffer): Promise<void> {
    const contents = createContents({
      dataDirectory: folder,
      isPrivate: () => false,
      clock: { nowMs: () => Date.now() },
    });
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    await contents.fetch(
      { type: 'archive', url, sha256, path: '' },
      { credential: CREDENTIAL, signal: new AbortController().signal, onProgress: () => {} },
    );
    assert.ok((await readdir(join(folder, 'contents'))).includes(sha256));
  }

  it('from a host with a certificate of nobody is not brought, and no credential is sent', async () => {
    let asked = 0;
    await using host = await served((_request, response) => {
      asked += 1;
      response.end();
    });
    const error: unknown = await fetched(`${host.url}/a.tar`, Buffer.of()).catch((thrown: unknown) => thrown);
    assert.ok(isFault(error), `${error}`);
    assert.equal(error.reason, 'ArchiveAway');
    assert.match(error.message, /certificate/);
    assert.equal(asked, 0);
  });

  it('shows its credential to the host that is named, and to none that it redirects to', async () => {
    tls.setDefaultCACertificates([...known, pair.certificate]);
    try {
      const bytes = await archiveOf('home');
      const seen: [string, string | undefined][] = [];
      await using elsewhere = await served(({ url = '', headers }, response) => {
        seen.push([`elsewhere${url}`, headers.authorization]);
        // Within its own origin, too: it is not the one that was named.
        if (url === '/here') return void response.end(bytes);
        response.writeHead(302, { location: '/here' }).end();
      });
      await using named = await served(({ url = '', headers }, response) => {
        seen.push([`named${url}`, headers.authorization]);
        const location = url === '/a.tar' ? '/moved' : `${elsewhere.url}/there`;
        response.writeHead(302, { location }).end();
      });
      await fetched(`${named.url}/a.tar`, bytes);
      assert.deepEqual(seen, [
        ['named/a.tar', SENT],
        ['named/moved', SENT],
        ['elsewhere/there', undefined],
        ['elsewhere/here', undefined],
      ]);
    } finally {
      tls.setDefaultCACertificates(known);
    }
  });
});
