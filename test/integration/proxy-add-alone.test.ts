// `tinyforge proxy add` on a machine where no controller runs: the manifest is checked, and is where the wish is read from.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { describe, it } from 'node:test';
import { createRepository } from '../support/real/git.ts';
import { makePlace, type Place } from '../support/real/place.ts';
import { freePort } from '../support/real/program.ts';

const MAIN = new URL('../../src/main.ts', import.meta.url).pathname;

interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

/** No engine answers either: what is declared is none of its business. */
async function configure(place: Place, source: string): Promise<(...args: string[]) => Promise<Ran>> {
  const file = place.at('tinyforge.yaml');
  await writeFile(
    file,
    `data: ./data
listen: 127.0.0.1:${await freePort()}
engines: { local: { socket: ./no-engine.sock } }
sources: [${source}]
proxy: { url: "http://127.0.0.1:9", traffic: { http: "http://127.0.0.1:9" }, address: 127.0.0.1 }
`,
  );
  return (...args) =>
    new Promise((resolve) => {
      const all = [MAIN, 'proxy', 'add', ...args, '--file', file, '--no-color'];
      execFile(process.execPath, all, { cwd: place.path }, (error, stdout, stderr) => {
        resolve({
          code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1,
          stdout,
          stderr,
        });
      });
    });
}

async function somebody(): Promise<AsyncDisposable & { url: string }> {
  const server = createServer((socket) => socket.end()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.close();
      await once(server, 'close');
    },
  };
}

describe('proxy add without a controller', () => {
  it('writes into a directory what a controller would, and refuses what one would', async () => {
    await using place = await makePlace('alone');
    await using behind = await somebody();
    await writeFile(
      place.at('shop.yaml'),
      'kind: proxy\nname: shop\ndomains: [shop.example.com]\nforward: http://192.0.2.1\n',
    );
    const add = await configure(place, '{ name: home, directory: . }');
    const ran = await add('nas', '--domain', 'nas.example.com', '--forward', behind.url);
    assert.equal(ran.code, 0, ran.stderr);
    assert.match(
      ran.stdout,
      /nas is declared in proxies\/nas\.yaml of home\. No controller runs: `tinyforge apply`/,
    );
    const text = await readFile(place.at('proxies/nas.yaml'), 'utf8');
    assert.match(text, /^kind: proxy\nname: nas\n/);

    const refusals: [words: string[], told: RegExp][] = [
      [['nas', '--domain', 'x.example.com', '--forward', behind.url], /There is a proxy named nas already/],
      [
        ['other', '--domain', 'shop.example.com', '--forward', behind.url],
        /The domain shop\.example\.com belongs to/,
      ],
      [['other', '--domain', 'a b', '--forward', behind.url], /was not added/],
      [
        ['other', '--domain', 'o.example.com', '--forward', `http://127.0.0.1:${await freePort()}`],
        /Nothing answers at/,
      ],
    ];
    for (const [words, told] of refusals) {
      const refused = await add(...words);
      assert.equal(refused.code, 1, refused.stdout);
      assert.match(refused.stderr, told);
    }
    assert.equal(await readFile(place.at('proxies/nas.yaml'), 'utf8'), text);
  });

  it('commits to git, where the next controller reads it', async () => {
    await using place = await makePlace('alone');
    await using behind = await somebody();
    const repository = await createRepository({ folder: place.path, name: 'infra' });
    await repository.commit({ files: { 'forge.d/readme.md': 'hello\n' } });
    const add = await configure(
      place,
      `{ name: home, git: { url: "${repository.url}", path: forge.d }, write_back: commit }`,
    );
    const ran = await add('nas', '--domain', 'nas.example.com', '--forward', behind.url);
    assert.equal(ran.code, 0, ran.stderr);
    assert.match(ran.stdout, /proxies\/nas\.yaml of home, commit [0-9a-f]{7} on main/);
    assert.match(await repository.git('show', 'main:forge.d/proxies/nas.yaml'), /kind: proxy\nname: nas/);
  });
});
