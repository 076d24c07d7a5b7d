// The real process killed at each step of a site's release on the real engine, then started again: converged, whole, and read all along.
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { archiveHost } from '../support/real/archive-host.ts';
import type { RealController } from '../support/real/controller.ts';
import { testImages } from '../support/real/images.ts';
import { assertTidy, killAtEach, killedStepByStep, kindsOf, nothingKept } from '../support/real/killed.ts';
import { routedController } from '../support/real/routed.ts';
import { filesOf } from '../support/real/serving.ts';
import { applyOnce } from '../support/real/tinyforge.ts';
import { startTraffic } from '../support/real/traffic.ts';

/** Large enough that a copy which is cut short lacks some of it. */
const PAGES = 200;

function page(version: string, number: number): string {
  return `${version} ${number} ${'words '.repeat(2_000)}`;
}

/** Every release has the same pages, with its version in each. */
function site(rig: RealController, more = '') {
  return {
    async write(version: string): Promise<void> {
      await rig.write('site.yaml', `kind: site\nname: ${rig.name}\ncontent: { path: ./public }\n${more}`);
      await rig.write('public/index.html', version);
      for (let number = 0; number < PAGES; number++)
        await rig.write(`public/pages/${number}.txt`, page(version, number));
    },
    image: () => testImages.site,
  };
}

/** What is served is one release from its first page to its last. */
async function assertWhole(rig: RealController, version: string): Promise<void> {
  const [running] = await rig.live();
  const seen = (await rig.docker('GET', `/containers/${running?.id}/json`)) as {
    NetworkSettings: { Networks: Record<string, { IPAddress: string }> };
  };
  const base = `http://${Object.values(seen.NetworkSettings.Networks)[0]?.IPAddress}`;
  for (let number = 0; number < PAGES; number++)
    assert.equal(await (await fetch(`${base}/pages/${number}.txt`)).text(), page(version, number));
}

/** Beside the index, whose own files come and go, and what is remembered of each release: half-written files. */
function strayFiles(rig: RealController): string[] {
  const known =
    /^(?:index\.db.*|controller\.lock|control\/(?:applied|revisions)\/[a-z0-9-]+(?:\.\d+)?\.json)$/;
  return Object.keys(filesOf(rig.config.data)).filter((path) => !known.test(path));
}

/** What `contents` has beside whole trees. */
async function halfBrought(rig: RealController): Promise<string[]> {
  return (await readdir(join(rig.config.data, 'contents'))).filter((name) => !/^[0-9a-f]+$/.test(name));
}

const STEPS = ['creating', 'copying', 'starting', 'waiting'];

describe('the process is killed while it releases a site', () => {
  it('at each step: the old pages or the new ones are read at every moment, and the restart converges', async () => {
    await using rig = await nothingKept();
    const pages = site(rig, 'drain: 300ms\n');
    await pages.write('v1');
    assert.equal((await applyOnce(rig.config)).code, 0);
    let last = 'v1';
    await using visitor = await startTraffic(rig, { alias: rig.name, port: 80 });
    const steps = await killAtEach(rig, {
      ...pages,
      async write(version) {
        await assertWhole(rig, last);
        assert.deepEqual(strayFiles(rig), []);
        last = version;
        await pages.write(version);
      },
    });
    const seen = await visitor.stop();
    assert.deepEqual(kindsOf(steps), [...STEPS, 'giving', 'letting', 'stopping', 'removing']);
    assert.deepEqual(seen.failures, []);
    assert.ok(seen.served > 50, `${seen.served} looks only`);
    assert.deepEqual([...seen.versions].sort(), ['v1', 'v2', 'v3']);
  });

  it('routed, at each step: whoever reads through the proxy is answered at every moment, by one host', async () => {
    await using routed = await routedController({ reach: 'published' });
    const { rig, domain } = routed;
    // What stands by is not created again: each release is to have all the steps that there are.
    rig.config.keep.revisions = 1;
    const pages = site(rig, `drain: 300ms\ndomains: [${domain}]\n`);
    await pages.write('v1');
    assert.equal((await applyOnce(rig.config)).code, 0);
    await using load = routed.visitors();
    const steps = await killAtEach(rig, {
      ...pages,
      async write(version) {
        assert.equal((await routed.hosts()).length, 1);
        await pages.write(version);
      },
    });
    const { failures, byVersion, requests } = await load.stop();
    assert.deepEqual(kindsOf(steps), [...STEPS, 'asking', 'routing', 'letting', 'stopping', 'removing']);
    assert.deepEqual(failures, []);
    assert.ok(requests > 200, `${requests} requests only`);
    assert.deepEqual(Object.keys(byVersion).sort(), ['v1', 'v2', 'v3']);
    assert.equal((await routed.hosts()).length, 1);
  });

  it('fetched as an archive and built, at each step: nothing is half there, and nothing of the build is left over', async () => {
    await using rig = await nothingKept();
    await using archives = await archiveHost();
    const command = 'mkdir dist && cp index.html dist && cp -r pages dist';
    const write = async (version: string): Promise<void> => {
      const pages = Array.from({ length: PAGES }, (_, number) => [
        `site/pages/${number}.txt`,
        page(version, number),
      ]);
      const archive = await archives.put(`/${version}.tar.gz`, {
        'site/index.html': version,
        ...Object.fromEntries(pages),
      });
      await rig.write(
        'site.yaml',
        `kind: site\nname: ${rig.name}\ncontent: { archive: ${archive} }\nbuild: { image: "${testImages.shell}", command: "${command}", output: dist }\ndrain: 300ms\n`,
      );
    };
    await write('v0');
    assert.equal((await applyOnce(rig.config)).code, 0);
    await using visitor = await startTraffic(rig, { alias: rig.name, port: 80 });
    let version = 0;
    const [steps = []] = await killedStepByStep(rig, [
      {
        write: () => write(`v${++version}`),
        async assertDone(when) {
          await assertTidy(rig, testImages.site, when);
          await assertWhole(rig, `v${version}`);
          assert.deepEqual(await halfBrought(rig), [], when);
        },
      },
    ]);
    assert.deepEqual((await visitor.stop()).failures, []);
    assert.deepEqual(kindsOf(steps), [
      'fetching',
      'building',
      ...STEPS,
      'giving',
      'letting',
      'stopping',
      'removing',
    ]);
  });
});
