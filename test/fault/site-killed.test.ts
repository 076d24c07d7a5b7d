// The real process killed at each step of a site's release on the real engine, then started again: converged, whole, and read all along.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startLoad } from '../support/load/load.ts';
import type { RealController } from '../support/real/controller.ts';
import { testImages } from '../support/real/images.ts';
import { killAtEach, kindsOf, nothingKept } from '../support/real/killed.ts';
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

const STEPS = ['creating', 'copying', 'starting', 'waiting'];

describe('the process is killed while it releases a site', () => {
  it('at each step: the old pages or the new ones are read at every moment, and the restart converges', async () => {
    await using rig = await nothingKept();
    const pages = site(rig, 'drain: 300ms\n');
    await pages.write('v1');
    assert.equal((await applyOnce(rig.config)).code, 0);
    let last = 'v1';
    await using visitor = startTraffic(rig, { alias: rig.name, port: 80 });
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
    const { rig, double, domain } = routed;
    // What stands by is not created again: each release is to have all the steps that there are.
    rig.config.keep.revisions = 1;
    const pages = site(rig, `drain: 300ms\ndomains: [${domain}]\n`);
    await pages.write('v1');
    assert.equal((await applyOnce(rig.config)).code, 0);
    const versionOf = ({ status, body }: { status: number; body: string }): string => {
      if (status !== 200) throw new Error(`answered ${status}`);
      return body.trim();
    };
    const lanes = [{ path: '/', connection: 'new', clients: 2, pauseMs: 20 }] as const;
    await using load = startLoad({ base: double.traffic.http, host: domain, lanes, versionOf });
    const steps = await killAtEach(rig, {
      ...pages,
      async write(version) {
        assert.equal((await routed.hosts()).length, 1);
        await pages.write(version);
      },
    });
    const { failures, byVersion, requests } = await load.stop();
    assert.deepEqual(kindsOf(steps), [
      ...STEPS,
      'asking',
      'giving',
      'routing',
      'letting',
      'stopping',
      'removing',
    ]);
    assert.deepEqual(failures, []);
    assert.ok(requests > 200, `${requests} requests only`);
    assert.deepEqual(Object.keys(byVersion).sort(), ['v1', 'v2', 'v3']);
    assert.equal((await routed.hosts()).length, 1);
  });
});
