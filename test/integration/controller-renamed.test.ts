// A controller gets another name: with `formerly` all that it made stays its own and is not touched; without, it is left alone.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { checksum, fillVolume, volumeChecksum } from '../support/real/checksum.ts';
import { type RoutedController, routedController } from '../support/real/routed.ts';
import { RUN } from '../support/real/stack.ts';

const compose = (v: string): string =>
  `services: { web: { ${RUN}, environment: { V: "${v}" }, volumes: ["./data:/data", "files:/files"] } }\nvolumes: { files: {} }\n`;

async function house(): Promise<RoutedController & { write(tag: string): Promise<void>; names: string[] }> {
  const routed = await routedController({ reach: 'published' });
  const { rig, domain } = routed;
  const { name } = rig;
  const write = async (tag: string): Promise<void> => {
    await rig.write(
      'shop.yaml',
      `kind: project\nname: ${name}\nimage: tinyforge-test/web\ntag: ${tag}\nport: 8080\ndomains: [${domain}]\nhealthcheck: { http: /healthz, interval: 200ms }\nstop_grace_period: 1s\ndrain: 0s\n`,
    );
    await rig.write('app/compose.yaml', compose(tag));
    await rig.write('app/stack.yaml', `kind: stack\nname: ${name}-app\n`);
    await rig.write('public/index.html', tag);
    await rig.write('docs.yaml', `kind: site\nname: ${name}-docs\ncontent: { path: ./public }\n`);
  };
  await write('v1');
  const made = await rig.apply();
  const names = [name, `${name}-app`, `${name}-docs`];
  for (const unit of names)
    assert.equal(rig.status(made, unit).outcome, 'converged', rig.status(made, unit).sentence);
  await writeFile(join(rig.directory, 'app', 'data', 'row'), 'theirs');
  await fillVolume(rig, `${name}-app_files`);
  return { ...routed, write, names };
}

/** All that a restart, a second container or a write would change. */
async function look({ rig, hosts, writes }: RoutedController) {
  const containers = await Promise.all(
    (await rig.all()).map(async ({ id }) => {
      const seen = (await rig.docker('GET', `/containers/${id}/json`)) as {
        State: { StartedAt: string; Status: string };
      };
      return [id, seen.State.StartedAt, seen.State.Status];
    }),
  );
  const volume = await volumeChecksum(rig, `${rig.name}-app_files`);
  const data = await checksum(join(rig.directory, 'app', 'data'));
  return { containers, hosts: await hosts(), writes: writes(), volume, data };
}

const controllersOf = async ({ rig }: RoutedController): Promise<string[]> =>
  [...new Set((await rig.all()).map(({ labels }) => labels['tinyforge.controller'] ?? ''))].sort();

describe('a controller that is renamed', () => {
  it('and says what it was called: all is its own, nothing is touched, and each thing gets the new name with its change', async () => {
    await using routed = await house();
    const { rig, names } = routed;
    await using _ = tidied(rig);
    const former = rig.config.controller;
    const before = await look(routed);
    rig.config.controller = `${former}-new`;
    rig.config.formerly = former;
    const renamed = await rig.apply({ prune: true });
    for (const unit of names)
      assert.equal(rig.status(renamed, unit).outcome, 'converged', rig.status(renamed, unit).sentence);
    assert.deepEqual([renamed.orphans, renamed.problems], [[], []]);
    assert.deepEqual(await look(routed), before);
    assert.deepEqual(await controllersOf(routed), [former]);

    await routed.write('v2');
    const changed = await rig.apply();
    for (const unit of names)
      assert.equal(rig.status(changed, unit).outcome, 'converged', rig.status(changed, unit).sentence);
    assert.equal((await routed.get()).body.trim(), 'v2');
    const live = await rig.all();
    assert.deepEqual(
      live.filter(({ state }) => state === 'running').map(({ labels }) => labels['tinyforge.controller']),
      names.map(() => `${former}-new`),
    );
    const after = await look(routed);
    assert.deepEqual([after.volume, after.data, after.hosts.length], [before.volume, before.data, 1]);
    assert.match(JSON.stringify(after.hosts), new RegExp(`"controller":"${former}-new"`));

    // Nothing that runs carries the former name any more, so it need not be said for ever.
    rig.config.formerly = undefined;
    const alone = await rig.apply();
    for (const unit of names) assert.equal(rig.status(alone, unit).outcome, 'converged');
    const later = await look(routed);
    assert.deepEqual(
      [later.containers, later.hosts, later.writes],
      [after.containers, after.hosts, after.writes],
    );
  });

  it('and does not say so: nothing is doubled or taken down, and each workload tells what to do', async () => {
    await using routed = await house();
    const { rig, names } = routed;
    await using _ = tidied(rig);
    const former = rig.config.controller;
    const before = await look(routed);
    rig.config.controller = `${former}-new`;
    await routed.write('v2');
    const lost = await rig.apply({ prune: true });
    for (const unit of names) {
      const { outcome, reason, problems } = rig.status(lost, unit);
      assert.deepEqual([outcome, reason], ['failed', 'OtherController']);
      assert.match(problems[0]?.hint ?? '', new RegExp(`\\{ name: ${former}-new, formerly: ${former} \\}`));
    }
    assert.deepEqual(await look(routed), before);
    await using pass = await doctorOf(rig);
    const [check] = pass.checks.filter(({ subject }) => subject.startsWith('controller '));
    assert.deepEqual(
      [check?.status, /3 containers on local carry the name/.test(check?.text ?? '')],
      ['warning', true],
    );
    rig.config.formerly = former;
    const back = await rig.apply();
    for (const unit of names) assert.equal(rig.status(back, unit).outcome, 'converged');
  });
});

async function doctorOf(rig: RoutedController['rig']) {
  const pass = await rig.open({ write: false });
  return { checks: await pass.doctor(), [Symbol.asyncDispose]: () => pass.close() };
}

/** Containers of both names, before what each of the names has is looked for. */
function tidied(rig: RoutedController['rig']): AsyncDisposable {
  const former = rig.config.controller;
  return {
    async [Symbol.asyncDispose]() {
      rig.config.controller = former;
      for (const { id } of await rig.all()) await rig.docker('DELETE', `/containers/${id}?force=true`);
    },
  };
}
