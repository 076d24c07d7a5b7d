// The product's image, built by the Dockerfile on bases made here: what is in it, what it does, and the demo's whole story.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { chapters } from '../../scripts/demo-story/chapters.ts';
import { createEngineView } from '../../scripts/demo-story/engine-view.ts';
import { makeProductImage } from '../../scripts/product-image/make.ts';
import { checkout } from '../../scripts/real-parts/paths.ts';
import { removeFromEngine } from '../support/real/clean-up.ts';
import { sharedEngine, uniqueName } from '../support/real/engine.ts';
import { startProduct } from '../support/real/product-container.ts';
import { makeHouse } from '../support/real/product-house.ts';
import { until } from '../support/real/until.ts';

const engine = sharedEngine();
const image = `tinyforge-image/product:${process.pid}`;

before(() => makeProductImage({ socketPath: engine.socketPath, reference: image }), { timeout: 480_000 });
after(async () => {
  await engine.call({ method: 'DELETE', path: `/images/${image}` });
});

describe('the image', () => {
  it('runs as a plain user, is checked, and says what it is', async () => {
    const { Config } = (await engine.ask({ method: 'GET', path: `/images/${image}/json` })) as {
      readonly Config: Record<string, unknown> & { readonly Labels: Record<string, string> };
    };
    assert.equal(Config.User, 'tinyforge');
    assert.deepEqual(Config.Entrypoint, ['tini', '--', 'tinyforge']);
    assert.deepEqual(Config.Cmd, ['run']);
    assert.deepEqual((Config.Healthcheck as { Test: unknown }).Test, ['CMD', 'tinyforge', 'ready']);
    assert.equal(Config.Labels['org.opencontainers.image.title'], 'Tinyforge');
    assert.equal(Config.Labels['org.opencontainers.image.version'], 'test');
  });

  it('holds the product and what it calls, and nothing of how it was made', async () => {
    const name = uniqueName('look');
    await engine.ask({
      method: 'POST',
      path: `/containers/create?name=${name}`,
      body: { Image: image, Entrypoint: ['node', '-e', LOOK], HostConfig: { NetworkMode: 'none' } },
    });
    try {
      await engine.ask({ method: 'POST', path: `/containers/${name}/start` });
      await engine.ask({ method: 'POST', path: `/containers/${name}/wait` });
      const { bytes } = await engine.call({
        method: 'GET',
        path: `/containers/${name}/logs?stdout=1&stderr=1`,
      });
      assert.deepEqual(JSON.parse(bytes.subarray(8).toString()), {
        uid: 10_001,
        product: ['dist', 'node_modules', 'package.json', 'schemas'],
        packages: ['better-sqlite3'],
        writable: [],
        data: [],
        missing: [],
        left: [],
      });
    } finally {
      await removeFromEngine(engine, { namePrefix: name });
    }
  });
});

/** Runs in the image: prints what is there, as JSON. */
const LOOK = `
const { accessSync, constants, existsSync, readdirSync } = require('node:fs');
const may = (path) => { try { accessSync(path, constants.W_OK); return true; } catch { return false; } };
const product = '/opt/tinyforge';
console.log(JSON.stringify({
  uid: process.getuid(),
  product: readdirSync(product).sort(),
  packages: readdirSync(product + '/node_modules'),
  writable: [product, '/usr/local/bin/node', '/usr/bin/git', ...readdirSync(product, { recursive: true }).map((name) => product + '/' + name)].filter(may),
  data: readdirSync('/var/lib/tinyforge'),
  missing: ['git', 'ssh', 'flock', 'prlimit', 'tini'].map((name) => '/usr/bin/' + name)
    .concat('/usr/libexec/docker/cli-plugins/docker-compose').filter((path) => !existsSync(path)),
  left: ['/build', '/product', '/usr/local/bin/npm', '/usr/local/lib/node_modules', '/var/cache/npm', '/root/.npmrc'].filter(existsSync),
}));`;

describe('tinyforge from its image', () => {
  it('plays every chapter of the demo, with relative binds that land in its folder', async () => {
    const view = createEngineView(engine.socketPath, 'demo');
    const there = await view.lists();
    const child = spawn('sh', ['scripts/demo', '--check', '--image', image], {
      cwd: checkout,
      env: { ...process.env, DOCKER_HOST: engine.dockerHost },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    const [code] = await once(child, 'close');
    assert.equal(code, 0, output);
    assert.ok(output.includes(`The controller runs, from ${image}.`), output);
    for (const { title } of chapters) assert.ok(output.includes(`✓ ${title}`), output);
    assert.deepEqual(await view.lists(), there);
  });

  it('keeps a stack whose folder is mounted at the same path, and its check and its doctor are content', async () => {
    await using house = await makeHouse(engine);
    const { place, name } = house;
    const binds = [`${place.path}:${place.path}`];
    await using product = await startProduct(engine, {
      ...{ name: `${name}-product`, image, binds },
      config: place.at('tinyforge.yaml'),
    });
    const settled = await product.tinyforge('sync', '--wait', '--timeout', '60s');
    assert.equal(settled.code, 0, settled.stdout + settled.stderr);
    assert.equal(await readFile(place.at('forge.d/notes/data/written'), 'utf8'), 'by the stack\n');
    const plan = await product.tinyforge('plan');
    assert.deepEqual([plan.code, /Nothing to do/.test(plan.stdout)], [0, true], plan.stdout + plan.stderr);

    const doctor = await product.tinyforge('doctor');
    assert.equal(doctor.code, 0, doctor.stdout + doctor.stderr);
    assert.match(doctor.stdout, /paths .*have the same paths in Tinyforge's container as on the machine/);
    await until({
      what: 'the health check to pass',
      timeoutMs: 30_000,
      look: async () => (await product.health()) === 'healthy' || undefined,
    });

    // Whose parent left is buried by process 1.
    await product.run('dash', '-c', 'dash -c "sleep 0.3" & exit 0');
    await until({
      what: 'no process of it to be left, alive or dead',
      timeoutMs: 30_000,
      look: async () => {
        const all = await product.processes();
        return !all.some((line) => /^Z|sleep 0\.3/.test(line)) || undefined;
      },
    });
  });

  it('says so where its folder is mounted at another path, and touches nothing there', async () => {
    await using house = await makeHouse(engine, '/house');
    const { place, name } = house;
    await using product = await startProduct(engine, {
      ...{ name: `${name}-product`, image, binds: [`${place.path}:/house`] },
      config: '/house/tinyforge.yaml',
    });
    const settled = await product.tinyforge('sync', '--wait', '--timeout', '60s');
    assert.notEqual(settled.code, 0, settled.stdout + settled.stderr);
    const why = await product.tinyforge('why', `${name}-notes`);
    const trouble = `/house/forge.d/notes/data is ${place.at('forge.d/notes/data')} on the engine's machine`;
    assert.ok(why.stdout.replaceAll(/\s+/g, ' ').includes(trouble), why.stdout);
    assert.match(why.stdout, /-v \/house\/forge\.d:\/house\/forge\.d/);
    const plan = await product.tinyforge('plan');
    assert.ok(plan.stdout.replaceAll(/\s+/g, ' ').includes(trouble), plan.stdout);
    const doctor = await product.tinyforge('doctor');
    assert.equal(doctor.code, 1, doctor.stdout);
    assert.match(doctor.stdout, /\/house\/data \(the data directory\) is /);
    assert.match(doctor.stdout, /\/house\/forge\.d \(source home\) is /);
    // What needs no folder runs all the same.
    const status = await product.tinyforge('status', '-o', 'json');
    assert.match(status.stdout, new RegExp(`"${name}-web"`));
    assert.equal(existsSync('/house'), false);
    const all = (await engine.ask({
      method: 'GET',
      path: `/containers/json?filters=${encodeURIComponent(JSON.stringify({ label: [`tinyforge.controller=${name}`] }))}`,
    })) as readonly { readonly Labels: Record<string, string> }[];
    assert.deepEqual(
      all.map(({ Labels }) => Labels['tinyforge.unit']),
      [`${name}-web`],
    );
  });

  it('says so where it has a network of its own', async () => {
    await using house = await makeHouse(engine);
    const { place, name } = house;
    await using product = await startProduct(engine, {
      ...{ name: `${name}-product`, image, binds: [`${place.path}:${place.path}`], network: 'bridge' },
      config: place.at('tinyforge.yaml'),
    });
    const doctor = await product.tinyforge('doctor');
    assert.equal(doctor.code, 1, doctor.stdout);
    assert.match(doctor.stdout, /Tinyforge runs in a container with a network of its own/);
  });
});
