// `init`: what it asks, what it writes, and that nothing of anybody is written over.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createWorkplace } from '../../src/adapters/workplace/create-workplace.ts';
import { configurationOf, FIRST_MANIFEST } from '../../src/cli/init/files.ts';
import { catalog, createCatalogCache } from '../../src/core/catalog.ts';
import { readConfig } from '../../src/core/config.ts';
import { readers } from '../../src/kinds/readers.ts';
import type { Check } from '../../src/ports/session.ts';
import { createHouse, type House } from '../support/fake-sessions.ts';
import { createFakeWorkplace, type FakeWorkplace } from '../support/fake-workplace.ts';
import { assertGolden } from '../support/golden.ts';
import { cli, LOOKS } from '../support/run-cli.ts';

const engine: Check = {
  status: 'fine',
  subject: 'engine local',
  text: 'Docker 26.1, Compose 2.26',
  hint: null,
};
const away: Check = {
  status: 'problem',
  subject: 'engine local',
  text: 'nobody listens at /var/run/docker.sock',
  hint: 'Start the engine.',
};

async function run(
  workplace: FakeWorkplace,
  argv: string[] = [],
  house: House = createHouse({ checks: [engine] }),
) {
  const ran = await cli(house, ['init', ...argv], { workplace, look: LOOKS.tty80 });
  assert.equal(house.open, 0);
  return { ...ran, house };
}

function read(text: string) {
  return readConfig({
    ...{ text, file: '/srv/tinyforge.yaml', cwd: '/srv', environment: {}, overrides: {} },
    ...{ senders: [], providers: [] },
  });
}

describe('init', () => {
  it('asks, checks what was answered, and writes it with a first manifest', async () => {
    const workplace = createFakeWorkplace({ answers: ['', '/var/lib/tinyforge', '', ''] });
    const { code, transcript, house } = await run(workplace);
    assert.equal(code, 0);
    assertGolden('cli/init.tty80.txt', transcript);
    assert.deepEqual([...workplace.files.keys()].sort(), ['forge.d/hello.yaml', 'tinyforge.yaml']);
    assert.deepEqual(house.asked, [{ file: 'tinyforge.yaml.new', overrides: {} }]);
    assert.equal(workplace.asked.length, 4);
    assertGolden('cli/init.tinyforge.yaml', workplace.files.get('tinyforge.yaml') ?? '');
  });

  it('asks nothing that a flag answers, and no first manifest where there are some or git has them', async () => {
    const some = createFakeWorkplace({ files: { '/opt/forge.d/shop.yaml': '' }, answers: [] });
    await run(some, [
      '--directory',
      '/opt/forge.d',
      '--data',
      '/var/lib/forge',
      '--socket',
      '/run/docker.sock',
    ]);
    assert.match(some.files.get('tinyforge.yaml') ?? '', /directory: \/opt\/forge\.d\n/);
    const git = createFakeWorkplace({ answers: ['me@git.example.com:infra', '', ''] });
    await run(git);
    assert.match(
      git.files.get('tinyforge.yaml') ?? '',
      /git: \{ url: me@git\.example\.com:infra, poll: 60s \}/,
    );
    assert.deepEqual([...git.files.keys()], ['tinyforge.yaml']);
  });

  it('needs nobody: what is usual is written, and a first manifest with --yes alone', async () => {
    const nobody = createFakeWorkplace();
    assert.equal((await run(nobody)).code, 0);
    assert.deepEqual([...nobody.files.keys()], ['tinyforge.yaml']);
    const yes = createFakeWorkplace();
    assert.equal((await run(yes, ['--yes'])).code, 0);
    assert.deepEqual([...yes.files.keys()].sort(), ['forge.d/hello.yaml', 'tinyforge.yaml']);
  });

  it('writes nothing where a check fails and nobody wants it all the same', async () => {
    for (const answers of [null, ['', '', '', '', '']]) {
      const workplace = createFakeWorkplace({ answers });
      const { code, stderr } = await run(workplace, [], createHouse({ checks: [away] }));
      assert.deepEqual([code, [...workplace.files.keys()]], [1, []]);
      assert.match(stderr, /Nothing was written/);
    }
    const gone = createFakeWorkplace({ answers: ['', '', '', ''] });
    assert.equal((await run(gone, [], createHouse({ checks: [away] }))).code, 1);
    assert.deepEqual([...gone.files.keys()], []);
    const anyway = createFakeWorkplace({ answers: ['', '', '', 'n', 'y'] });
    assert.equal((await run(anyway, [], createHouse({ checks: [away] }))).code, 0);
    assert.deepEqual([...anyway.files.keys()], ['tinyforge.yaml']);
  });

  it('leaves a configuration that is there as it is, and asks nothing', async () => {
    const workplace = createFakeWorkplace({ files: { 'tinyforge.yaml': 'mine' }, answers: [] });
    const { code, stderr } = await run(workplace);
    assert.equal(code, 1);
    assert.match(stderr, /tinyforge\.yaml is there already, and nothing was written/);
    assert.deepEqual([...workplace.files], [['tinyforge.yaml', 'mine']]);
  });

  it('writes a configuration that means what was answered, whatever that was', () => {
    const path = fc
      .array(
        fc.constantFrom(
          'a',
          ' ',
          ':',
          '#',
          '"',
          "'",
          '{',
          '}',
          ',',
          '- ',
          'é',
          '.',
          '/',
          '&',
          '*',
          '!',
          '%',
          '|',
        ),
        {
          minLength: 1,
          maxLength: 12,
        },
      )
      .map((parts) => `/${parts.join('')}x`);
    fc.assert(
      fc.property(path, path, path, (directory, data, socket) => {
        const { config, problems } = read(
          configurationOf({ source: { type: 'directory', directory }, data, socket }),
        );
        assert.deepEqual(problems, []);
        const [source] = config?.sources ?? [];
        assert.equal(source?.type === 'directory' ? source.directory : null, resolve(directory));
        assert.equal(config?.data, resolve(data));
        assert.equal(config?.engines.local?.socket, resolve(socket));
      }),
    );
  });

  it('writes a first manifest that is right', () => {
    const files = [{ path: FIRST_MANIFEST.path, text: FIRST_MANIFEST.text, stamp: '1', refused: null }];
    const { units, problems } = catalog({
      snapshots: [{ source: 'home', type: 'directory', revision: null, root: '/', commit: null, files }],
      variables: { home: {} },
      readers,
      settings: { host: 'local', hosts: ['local'], siteImage: 'nginx', proxy: null, isMeasured: false },
      cache: createCatalogCache(),
    });
    assert.deepEqual([problems, units.map(({ unit }) => unit)], [[], ['hello']]);
  });

  it('writes over no file on a real disk, and gives a draft its name only where that is free', async () => {
    const cwd = await mkdtemp(join(tmpdir(), 'tinyforge-init-'));
    const workplace = createWorkplace({
      cwd,
      streams: () => ({ input: process.stdin, output: process.stderr }),
    });
    workplace.write('a/b.yaml', 'mine');
    assert.throws(() => workplace.write('a/b.yaml', 'other'), /EEXIST/);
    workplace.write('draft', 'other');
    assert.throws(() => workplace.rename('draft', 'a/b.yaml'), /EEXIST/);
    assert.equal(await readFile(join(cwd, 'a/b.yaml'), 'utf8'), 'mine');
    workplace.rename('draft', 'named');
    assert.deepEqual(
      [
        workplace.exists('draft'),
        workplace.exists('named'),
        workplace.manifestsIn('.'),
        workplace.manifestsIn('none'),
      ],
      [false, true, 1, 0],
    );
    await rm(cwd, { recursive: true });
  });
});
