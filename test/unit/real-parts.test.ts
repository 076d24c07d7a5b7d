// Checks how the real parts are found: sources of another release out of the machine's own, and paths for shells.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { debianSources } from '../../scripts/real-parts/debian-sources.ts';
import { debianRelease } from '../../scripts/real-parts/machine.ts';
import { asEnvironmentFile, checkout } from '../../scripts/real-parts/paths.ts';
import { imagePackages } from '../../scripts/real-parts/recipes.ts';
import { makePlace } from '../support/real/place.ts';
import { freePort } from '../support/real/program.ts';

/** The sources for trixie, made from apt files of a bookworm machine. */
async function sourcesFrom(files: Readonly<Record<string, string>>): Promise<string> {
  await using place = await makePlace('apt');
  await mkdir(place.at('sources.list.d'));
  for (const [name, text] of Object.entries(files)) await writeFile(place.at(name), text);
  return debianSources({ release: 'trixie', ownRelease: 'bookworm', aptDirectory: place.path });
}

describe('the sources of another release', () => {
  it('keep mirrors and keys of stanzas', async () => {
    const text = await sourcesFrom({
      'sources.list.d/debian.sources': [
        'Types: deb',
        '# an old bookworm snapshot',
        'URIs: http://mirror.example/debian',
        'Suites: bookworm bookworm-updates',
        'Components: main',
        'Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg',
      ].join('\n'),
    });
    assert.equal(
      text,
      'Types: deb\nURIs: http://mirror.example/debian\nSuites: trixie trixie-updates\nComponents: main\nSigned-By: /usr/share/keyrings/debian-archive-keyring.gpg\n',
    );
  });

  it('are made of one-line sources too', async () => {
    const text = await sourcesFrom({
      'sources.list':
        '# deb http://old.example bookworm main\ndeb [arch=amd64 signed-by=/k.gpg] http://m.example/debian bookworm main contrib\ndeb-src http://m.example/debian bookworm main\n',
    });
    assert.equal(
      text,
      'Types: deb\nURIs: http://m.example/debian\nSuites: trixie\nComponents: main contrib\nSigned-By: /k.gpg\n',
    );
  });

  it('leave out other vendors and what is switched off', async () => {
    const text = await sourcesFrom({
      'sources.list': 'deb http://m.example/debian bookworm main\n',
      'sources.list.d/docker.list': 'deb https://download.example/linux/debian bookworm stable\n',
      'sources.list.d/cloud.list': 'deb https://packages.example/apt cloud-bookworm main\n',
      'sources.list.d/off.sources':
        'Types: deb\nURIs: http://off.example\nSuites: bookworm\nComponents: main\nEnabled: no\n',
    });
    assert.equal(text, 'Types: deb\nURIs: http://m.example/debian\nSuites: trixie\nComponents: main\n');
  });

  it('say so when there is no Debian archive', async () => {
    await assert.rejects(sourcesFrom({ 'sources.list': '' }), /No Debian bookworm archive is named/);
  });
});

describe('the machine', () => {
  for (const [what, text, release] of [
    ['Debian 12', 'ID=debian\nVERSION_CODENAME=bookworm\n', { own: 'bookworm', newer: 'trixie' }],
    ['Debian 13', 'ID="debian"\nVERSION_CODENAME="trixie"\n', { own: 'trixie', newer: 'trixie' }],
    ['Debian 11, whose next release is not new enough', 'ID=debian\nVERSION_CODENAME=bullseye\n', undefined],
    ['Ubuntu', 'ID=ubuntu\nID_LIKE=debian\nVERSION_CODENAME=noble\n', undefined],
  ] as const) {
    it(`is told to be ${what}`, async () => {
      await using place = await makePlace('os');
      await writeFile(place.at('os-release'), text);
      assert.deepEqual(debianRelease(place.at('os-release')), release);
    });
  }
});

it('paths are written so that a shell can read them', () => {
  const text = asEnvironmentFile({
    bin: '/x/bin',
    programs: { 'docker-compose': "/it's/compose" },
    roots: { nginx: '/x/nginx' },
  });
  assert.equal(
    text,
    "FORGE_BIN='/x/bin'\nFORGE_DOCKER_COMPOSE='/it'\\''s/compose'\nFORGE_NGINX_ROOT='/x/nginx'\n",
  );
});

it('the base of the image has what the Dockerfile would install', () => {
  const dockerfile = readFileSync(join(checkout, 'Dockerfile'), 'utf8');
  assert.deepEqual(/^ARG PACKAGES="(.+)"$/m.exec(dockerfile)?.[1]?.split(' '), imagePackages);
});

it('a free port is another one each time, for one that was closed at once may be given again', async () => {
  const ports: number[] = [];
  for (let count = 0; count < 300; count += 1) ports.push(await freePort());
  assert.equal(new Set(ports).size, ports.length);
});
