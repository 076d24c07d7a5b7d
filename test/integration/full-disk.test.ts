// The disk of the data directory is full: one sentence says so, what runs runs on, and the pass after space was made converges.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { gitConfig } from '../support/git-source-rig.ts';
import { type RealController, realController } from '../support/real/controller.ts';
import { createRepository } from '../support/real/git.ts';
import { testImages } from '../support/real/images.ts';
import { makePlace } from '../support/real/place.ts';

const run = promisify(execFile);
const MEGABYTE = 1024 * 1024;

interface Disk extends AsyncDisposable {
  /** Until so many bytes are left. */
  fill(left: number): void;
  free(): void;
}

/** A small disk of its own below the data directory. */
async function smallDisk({ config }: RealController): Promise<Disk> {
  mkdirSync(config.data, { recursive: true });
  await run('mount', ['-t', 'tmpfs', '-o', 'size=24m,mode=0700', 'tmpfs', config.data]);
  const filler = join(config.data, 'filler');
  return {
    fill(left) {
      for (const size of [MEGABYTE, 4_096]) {
        const { bavail, bsize } = statfsSync(config.data);
        for (let rest = bavail * bsize - left; rest >= size; rest -= size)
          appendFileSync(filler, Buffer.alloc(size));
      }
    },
    free: () => rmSync(filler),
    [Symbol.asyncDispose]: async () => void (await run('umount', ['-l', config.data])),
  };
}

/** Random, so that neither gzip nor git makes less of it. */
const heavy = (): Buffer => randomBytes(6 * MEGABYTE);

async function archiveOf(files: Readonly<Record<string, string | Buffer>>): Promise<Buffer> {
  const tar = pack();
  for (const [name, content] of Object.entries(files)) tar.entry({ name }, content);
  tar.finalize();
  const parts: Buffer[] = [];
  for await (const part of tar) parts.push(part as Buffer);
  return gzipSync(Buffer.concat(parts), { level: 1 });
}

/** Whatever the pass says, of the workload or of itself. */
async function told(rig: RealController): Promise<string> {
  rig.log.length = 0;
  const said = await rig.apply().then(
    (overview) => JSON.stringify([overview.units, overview.sources]),
    (error: unknown) => String(error),
  );
  return `${said}\n${rig.log.join('\n')}`;
}

/** Of what was begun and could not be ended nothing is left. */
function leftovers({ config }: RealController): string[] {
  return readdirSync(config.data, { recursive: true, encoding: 'utf8' }).filter((path) =>
    /(?:\.new|\.tmp|\.part|partial|incoming|tmp_)/.test(path),
  );
}

async function running(rig: RealController): Promise<[string, string][]> {
  return (await rig.live()).map(({ id, state }) => [id, state]);
}

const project = (rig: RealController, tag: string): string => `kind: project
name: ${rig.name}
image: tinyforge-test/web
tag: ${tag}
port: 8080
healthcheck: { http: /healthz, interval: 100ms, timeout: 2s, retries: 10 }
stop_grace_period: 1s
`;

describe('a full disk', () => {
  it('while an archive is brought: the release before is served, and the next pass brings it', async () => {
    await using rig = await realController();
    await using disk = await smallDisk(rig);
    const bytes = new Map<string, Buffer>();
    const server = createServer((request, response) => response.end(bytes.get(request.url ?? ''))).listen(
      0,
      '127.0.0.1',
    );
    await once(server, 'listening');
    await using _server = {
      async [Symbol.asyncDispose]() {
        server.closeAllConnections();
        server.close();
      },
    };
    const { port } = server.address() as AddressInfo;
    const wish = async (path: string, files: Readonly<Record<string, string | Buffer>>): Promise<void> => {
      const archive = await archiveOf(files);
      bytes.set(path, archive);
      const sha256 = createHash('sha256').update(archive).digest('hex');
      const content = `{ url: "http://127.0.0.1:${port}${path}", sha256: ${sha256} }`;
      await rig.write(
        'site.yaml',
        `kind: site\nname: ${rig.name}\ncontent: { archive: ${content} }\ndrain: 0s\n`,
      );
    };
    await wish('/one.tar.gz', { 'index.html': 'one' });
    assert.equal(rig.status(await rig.apply(), rig.name).outcome, 'converged');
    const before = await running(rig);
    await wish('/two.tar.gz', { 'index.html': 'two', 'heavy.bin': heavy() });
    disk.fill(MEGABYTE);
    assert.match(await told(rig), /disk is full|no space left/i);
    assert.deepEqual(await running(rig), before);
    assert.deepEqual(leftovers(rig), []);
    disk.free();
    assert.equal(rig.status(await rig.apply(), rig.name).outcome, 'converged');
    assert.notDeepEqual(await running(rig), before);
  });

  it('while a commit is fetched and checked out: the one before stands, and the next pass has it', async () => {
    const place = await makePlace('full-disk');
    const repository = await createRepository({ folder: place.path, name: 'infra' });
    await using rig = await realController({ sources: [gitConfig({ url: repository.url, pollMs: 1_000 })] });
    await using disk = await smallDisk(rig);
    await repository.commit({ files: { 'shop.yaml': project(rig, 'v1') } });
    assert.equal(rig.status(await rig.apply(), rig.name).outcome, 'converged');
    const before = await running(rig);
    await repository.commit({
      files: { 'shop.yaml': project(rig, 'v2'), 'heavy.bin': heavy().toString('base64') },
    });
    disk.fill(MEGABYTE);
    assert.match(await told(rig), /disk is full|no space left/i);
    assert.deepEqual(await running(rig), before);
    disk.free();
    const { outcome, sentence, runs } = rig.status(await rig.apply(), rig.name);
    assert.deepEqual([outcome, runs], ['converged', 'v2'], sentence);
    assert.deepEqual(leftovers(rig), []);
    await place.remove();
  });

  it('to the last byte: neither the index nor a control file is lost, and nothing that runs is touched', async () => {
    await using rig = await realController();
    await using disk = await smallDisk(rig);
    await rig.write('shop.yaml', project(rig, 'v1'));
    assert.equal(rig.status(await rig.apply(), rig.name).outcome, 'converged');
    const before = await running(rig);
    disk.fill(0);
    await rig.write('shop.yaml', project(rig, 'v2'));
    assert.match(await told(rig), /disk is full|no space left/i);
    const [one, ...more] = await rig.live();
    assert.deepEqual([more, one?.state], [[], 'running'], 'what runs is one whole version');
    disk.free();
    const { outcome, runs, sentence } = rig.status(await rig.apply(), rig.name);
    assert.deepEqual([outcome, runs], ['converged', 'v2'], sentence);
    assert.notDeepEqual(await running(rig), before);
    assert.equal((await rig.live())[0]?.image, testImages.web2);
    const again = await rig.plan();
    assert.deepEqual(
      again.units.flatMap(({ actions }) => actions),
      [],
    );
  });
});
