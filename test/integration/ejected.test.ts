// Ejected and taken back on the real engine: no container, request, route or byte of data notices either.
import assert from 'node:assert/strict';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { adoptByHand, ejectByHand } from '../support/real/ejected.ts';
import {
  askAll,
  checksums,
  composeText,
  containersOf,
  lives,
  type StackFolder,
  stacksByHand,
  upByHand,
} from '../support/real/folders.ts';
import { createRepository } from '../support/real/git.ts';
import { routedController } from '../support/real/routed.ts';
import { serve } from '../support/real/serving.ts';
import { type RealStack, RUN, realStack, stackContainers } from '../support/real/stack.ts';

async function house(count: number): Promise<{ rig: RealStack; folders: StackFolder[] }> {
  const rig = await realStack();
  for (const source of rig.config.sources) source.discover = 'compose';
  const folders = await stacksByHand(rig, count);
  const overview = await rig.apply();
  for (const { name } of folders) assert.equal(rig.status(overview, name).outcome, 'converged');
  return { rig, folders };
}

/** As if the machine of the index had burned: the control files are all that is left. */
async function loseIndex({ config }: RealStack): Promise<void> {
  for (const file of ['index.db', 'index.db-wal', 'index.db-shm'])
    await rm(join(config.data, file), { force: true });
}

describe('a stack that was taken over as it ran', () => {
  it('is ejected, used with plain Compose, and taken back: nothing but what a hand changed is ever made anew', async () => {
    const { rig, folders } = await house(2);
    await using _ = rig;
    const [one] = folders;
    assert.ok(one);
    const data = await checksums(rig, folders);
    const before = lives(await containersOf(rig, folders));
    await using load = askAll(folders);
    const writes = await rig.writesDuring(async () => {
      const said = await ejectByHand(rig.config, one.name);
      assert.match(said, new RegExp(`is ejected: ${one.name}-aside-1 and ${one.name}-web-1 run on`));
      const overview = await rig.apply();
      assert.equal(rig.status(overview, one.name).outcome, 'ejected');
      assert.deepEqual([overview.orphans, overview.problems], [[], []]);
      await loseIndex(rig);
      assert.equal(rig.status(await rig.apply(), one.name).outcome, 'ejected');
      assert.match(await adoptByHand(rig.config, one.name), /as it runs: nothing is restarted/);
      assert.equal(rig.status(await rig.apply(), one.name).outcome, 'converged');
      await ejectByHand(rig.config, one.name);
      await rm(join(one.folder, 'compose.yaml'));
      await rig.apply({ prune: true });
      await writeFile(join(one.folder, 'compose.yaml'), composeText(one));
    });
    assert.deepEqual(writes, []);
    assert.deepEqual(lives(await containersOf(rig, folders)), before);
    assert.deepEqual(await checksums(rig, folders), data);

    await writeFile(join(one.folder, 'compose.yaml'), composeText(one, 'by hand'));
    await upByHand(rig, one.folder);
    const byHand = lives(await containersOf(rig, folders));
    assert.notDeepEqual(byHand, before);
    await rig.apply();
    assert.match(await adoptByHand(rig.config, one.name), /is ours again/);
    assert.equal(rig.status(await rig.apply(), one.name).outcome, 'converged');
    assert.deepEqual(
      lives(await containersOf(rig, folders)),
      byHand,
      'what Compose made by hand is taken over',
    );
    assert.deepEqual((await load.stop()).failures, []);
    assert.deepEqual(await checksums(rig, folders), data);
  });

  it('is ejected beside a running controller, which is told, and looks away', async () => {
    const { rig, folders } = await house(1);
    await using _ = rig;
    const [one] = folders;
    assert.ok(one);
    await using serving = await serve(rig);
    await serving.converged(one.name);
    await ejectByHand(rig.config, one.name);
    await serving.rested();
    assert.equal(serving.overview().units.find(({ unit }) => unit === one.name)?.outcome, 'ejected');
    const [aside] = await stackContainers(rig, one.name);
    await rig.docker('POST', `/containers/${aside?.id}/stop`);
    await serving.rested();
    assert.equal((await stackContainers(rig, one.name))[0]?.state, 'exited');
    await serving.stop();
    assert.match(await adoptByHand(rig.config, one.name), /differs from its manifest/);
    assert.equal(rig.status(await rig.apply(), one.name).outcome, 'converged');
    const [again] = await stackContainers(rig, one.name);
    assert.deepEqual([again?.id, again?.state], [aside?.id, 'running'], 'drift is healed as ever');
  });
});

describe('a stack from git', () => {
  it('says the folder and the project by which plain Compose has it, and keeps both while it is ejected', async () => {
    let place = '';
    await using rig = await realStack({
      sources: (facts) => {
        place = facts.place.at('host');
        return [{ ...GIT, url: `file://${facts.place.at('host', 'infra.git')}` }];
      },
    });
    const repository = await createRepository({ folder: place, name: 'infra' });
    const name = `${rig.name}-git`;
    const text = `services: { web: { ${RUN}, volumes: ["./data:/data"] } }\n`;
    await repository.commit({ files: { [`${name}/compose.yaml`]: text, 'other/compose.yaml': text } });
    await rig.apply();
    const folder = join(rig.config.data, 'stacks', name);
    await writeFile(join(folder, 'data', 'row'), 'theirs');
    const before = lives(await stackContainers(rig, name));
    await ejectByHand(rig.config, name);
    await repository.commit({ files: { [`${name}/compose.yaml`]: null } });
    await rig.apply({ prune: true });
    assert.deepEqual(lives(await stackContainers(rig, name)), before);
    await upByHand(rig, folder, ['-p', name, 'stop', 'web']);
    assert.equal((await stackContainers(rig, name))[0]?.state, 'exited');
    await upByHand(rig, folder, ['-p', name, 'up', '-d']);
    assert.equal((await stackContainers(rig, name))[0]?.state, 'running');
    await upByHand(rig, folder, ['-p', name, 'down']);
    assert.equal(await readFile(join(folder, 'data', 'row'), 'utf8'), 'theirs');
  });
});

const GIT = {
  type: 'git',
  name: 'home',
  ref: 'main',
  path: '',
  pollMs: 60_000,
  credential: null,
  knownHosts: null,
  allowedSigners: null,
  writeBack: 'off',
  discover: 'compose',
  variables: {},
} as const;

describe('a routed project, a site and a stand-alone proxy', () => {
  it('are ejected and taken back: not one write to proxy or engine, and every request is answered', async () => {
    await using routed = await routedController({ reach: 'published' });
    const { rig, domain } = routed;
    const names = { shop: rig.name, docs: `${rig.name}-docs`, nas: `${rig.name}-nas` };
    const manifests = {
      shop: `kind: project\nname: ${names.shop}\nimage: tinyforge-test/web\ntag: v1\nport: 8080\ndomains: [${domain}]\nhealthcheck: { http: /healthz, interval: 200ms }\nvolumes: ["${rig.name}-data:/data"]\n`,
      docs: `kind: site\nname: ${names.docs}\ncontent: { path: ./public }\ndomains: [docs.${domain}]\n`,
      nas: `kind: proxy\nname: ${names.nas}\ndomains: [nas.${domain}]\nforward: http://127.0.0.1:9\n`,
    };
    await rig.write('public/index.html', 'hello');
    for (const [file, text] of Object.entries(manifests)) await rig.write(`${file}.yaml`, text);
    const made = await rig.apply();
    for (const name of [names.shop, names.docs])
      assert.equal(rig.status(made, name).outcome, 'converged', rig.status(made, name).sentence);
    const look = async () => ({
      writes: routed.writes(),
      hosts: await routed.hosts(),
      containers: (await rig.all()).map(({ id, state }) => [id, state]),
    });
    const before = await look();
    assert.equal(before.hosts.length, 3);
    for (const name of Object.values(names)) await ejectByHand(rig.config, name);
    await rig.write('public/index.html', 'changed');
    for (const file of Object.keys(manifests)) await rig.remove(`${file}.yaml`);
    await rig.write(
      'other.yaml',
      `kind: proxy\nname: ${rig.name}-other\ndomains: [other.${domain}]\nnot_found: true\n`,
    );
    await rig.apply({ prune: true });
    await rig.remove('other.yaml');
    for (const [file, text] of Object.entries(manifests)) await rig.write(`${file}.yaml`, text);
    await rig.write('public/index.html', 'hello');
    const ejected = await rig.apply({ prune: true });
    for (const name of Object.values(names)) assert.equal(rig.status(ejected, name).outcome, 'ejected');
    assert.equal((await routed.get()).status, 200);
    for (const name of Object.values(names))
      assert.match(await adoptByHand(rig.config, name), /as it runs: nothing is restarted/);
    await rig.apply();
    const after = await look();
    assert.deepEqual([after.hosts, after.containers], [before.hosts, before.containers]);
    assert.equal(after.writes, before.writes + 2, 'the route beside them was made and removed');
    assert.equal((await rig.plan()).units.flatMap(({ actions }) => actions).length, 0);
  });
});
