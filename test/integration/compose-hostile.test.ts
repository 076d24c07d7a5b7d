// Hostile stacks before the real Compose: refused by us first, and harmless even where Compose is given them as they are.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, symlink, truncate, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { dirname } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { problemsOf } from '../../src/engine/stack/create-stack-resolver.ts';
import { isFault } from '../../src/model/errors.ts';
import { hostileStacks } from '../support/compose-hostile.ts';
import { makeStackPlace, type StackPlace } from '../support/compose-place.ts';
import { realCompose } from '../support/compose-real.ts';

let listener: Server;
let port = 0;
let requests = 0;

before(async () => {
  listener = createServer((socket) => {
    requests += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const address = listener.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
});
after(() => listener.close());

async function lay(
  stack: StackPlace,
  {
    files,
    links = {},
  }: { files: Readonly<Record<string, string>>; links?: Readonly<Record<string, string>> | undefined },
): Promise<void> {
  const withPort = Object.entries(files).map(([path, text]) => [path, text.replaceAll('PORT', String(port))]);
  await stack.put(Object.fromEntries(withPort) as Record<string, string>);
  for (const [path, target] of Object.entries(links)) {
    await mkdir(dirname(`${stack.root}/${path}`), { recursive: true });
    await symlink(target, `${stack.root}/${path}`);
  }
}

/** The reasons of all problems of an error. */
async function refusal(work: Promise<unknown>): Promise<string[]> {
  try {
    await work;
  } catch (error) {
    const problems = problemsOf(error).map(({ reason }) => reason);
    if (problems.length > 0) return problems;
    return [isFault(error) ? error.reason : String(error)];
  }
  return [];
}

describe('a hostile stack is refused', () => {
  for (const hostile of hostileStacks) {
    const { what, reason, by, environment = {} } = hostile;
    it(`${by === 'reading' ? 'before a child starts' : 'by judgement'}: ${what}`, async () => {
      const real = realCompose();
      await using stack = await makeStackPlace({ name: 'hostile', ...real });
      await lay(stack, hostile);
      const desired = stack.desired({ environment: { ...environment } });
      assert.deepEqual([...new Set(await refusal(stack.resolver.resolve(desired)))], [reason]);
      const children = real.calls().filter((line) => !line.startsWith('version'));
      assert.equal(children.length, by === 'reading' ? 0 : 1);
      assert.equal(stack.stores.writes(), reason === 'BindThroughLink' ? 1 : 0);
    });
  }
  it('and nothing was asked of the network by any of them', () => assert.equal(requests, 0));
});

describe('what has no end is refused in a second, in flat memory', () => {
  const endless: [string, (root: string) => Promise<unknown> | unknown, string, string][] = [
    [
      'a pipe as env_file',
      (root) => spawnSync('mkfifo', [`${root}/app/x.env`]),
      'env_file: [x.env]',
      'NotARegularFile',
    ],
    [
      'a link to /dev/zero as env_file',
      (root) => symlink('/dev/zero', `${root}/app/x.env`),
      'env_file: [x.env]',
      'NotARegularFile',
    ],
    [
      'a sparse gigabyte as env_file',
      async (root) => {
        await writeFile(`${root}/app/x.env`, '');
        await truncate(`${root}/app/x.env`, 2 ** 30);
      },
      'env_file: [x.env]',
      'FileTooLarge',
    ],
    ['/dev/zero by its own path', () => undefined, 'env_file: [/dev/zero]', 'PathOutsideTree'],
    ['a bomb of aliases', () => undefined, `x-z: 1 } }\n${bomb()}\nx-end: { a: { b: 1`, 'AliasBomb'],
  ];
  for (const [what, make, line, reason] of endless) {
    it(what, async () => {
      await using stack = await makeStackPlace({ name: 'endless', ...realCompose() });
      await stack.put({ 'app/compose.yaml': `services: { web: { image: x, ${line} } }` });
      await make(stack.root);
      const memory = process.memoryUsage().rss;
      const started = performance.now();
      assert.deepEqual(await refusal(stack.resolver.resolve(stack.desired())), [reason]);
      assert.ok(performance.now() - started < 1_000, 'it took more than a second');
      assert.ok(process.memoryUsage().rss - memory < 100 * 1024 * 1024, 'it took more than 100 MiB');
    });
  }
});

describe('the second wall: Compose itself, given hostile files as they are', () => {
  const attack = {
    'app/compose.yaml': `include: ["git@127.0.0.1:x.git"]\nservices: { web: { image: x } }`,
    'app/.env':
      'COMPOSE_EXPERIMENTAL_GIT_REMOTE=1\nCOMPOSE_EXPERIMENTAL_OCI_REMOTE=1\nGIT_SSH_COMMAND=CANARY\nPATH=ROOT/app/bin\n',
    'app/bin/git': '#!/bin/sh\n: > ROOT/pwned\n',
    'app/bin/ssh': '#!/bin/sh\n: > ROOT/pwned\n',
  };
  const variants: [string, string][] = [
    ['git', 'git@127.0.0.1:x.git'],
    ['git by http', 'http://127.0.0.1:PORT/x.git'],
    ['oci', 'oci://127.0.0.1:PORT/x'],
  ];
  for (const [what, url] of variants) {
    it(`runs no program and asks nobody: ${what}`, async () => {
      const real = realCompose();
      await using stack = await makeStackPlace({ name: 'wall', ...real });
      const texts = Object.entries(attack).map(([path, text]) => [
        path,
        text
          .replaceAll('ROOT', stack.root)
          .replace('CANARY', `: > ${stack.root}/pwned`)
          .replace('git@127.0.0.1:x.git', url),
      ]);
      await lay(stack, { files: Object.fromEntries(texts) as Record<string, string> });
      for (const program of ['git', 'ssh']) await chmod(`${stack.root}/app/bin/${program}`, 0o755);
      const runner = real.compose(stack);
      const files = {
        project: 'wall',
        files: [`${stack.root}/app/compose.yaml`],
        projectDirectory: `${stack.root}/app`,
        variables: {},
        profiles: [],
      };
      assert.deepEqual(await refusal(runner.config(files, new AbortController().signal)), ['ComposeRefused']);
      assert.equal(existsSync(`${stack.root}/pwned`), false);
      assert.equal(requests, 0);
    });
  }

  it('does not read .env beside the file', async () => {
    const real = realCompose();
    await using stack = await makeStackPlace({ name: 'wall', ...real });
    await stack.put({
      'app/compose.yaml': 'services: { web: { image: "x:${TAG:-none}" }, p: { image: y, profiles: [p] } }',
      'app/.env':
        'TAG=from-env\nCOMPOSE_PROFILES=p\nCOMPOSE_PROJECT_NAME=other\nCOMPOSE_FILE=/etc/hostname\n',
    });
    const json = (await real.compose(stack).config(
      {
        project: 'wall',
        files: [`${stack.root}/app/compose.yaml`],
        projectDirectory: `${stack.root}/app`,
        variables: {},
        profiles: [],
      },
      new AbortController().signal,
    )) as { name: string; services: Record<string, { image: string }> };
    assert.equal(json.name, 'wall');
    assert.deepEqual(Object.keys(json.services), ['web']);
    assert.equal(json.services.web?.image, 'x:none');
  });

  it('is ended, with nothing left of it, when it waits on a pipe', async () => {
    const real = realCompose({ configTimeoutMs: 1_000 });
    await using stack = await makeStackPlace({ name: 'wall', ...real });
    await stack.put({ 'app/compose.yaml': 'services: { web: { image: x, env_file: [pipe] } }' });
    spawnSync('mkfifo', [`${stack.root}/app/pipe`]);
    const started = performance.now();
    assert.deepEqual(
      await refusal(
        real.compose(stack).config(
          {
            project: 'wall',
            files: [`${stack.root}/app/compose.yaml`],
            projectDirectory: `${stack.root}/app`,
            variables: {},
            profiles: [],
          },
          new AbortController().signal,
        ),
      ),
      ['ComposeHung'],
    );
    assert.ok(performance.now() - started < 4_000);
    const left = spawnSync('pgrep', ['-f', stack.root], { encoding: 'utf8' });
    assert.equal(left.stdout.trim(), '');
  });

  it('is ended when it takes too much memory', async () => {
    const real = realCompose({ configTimeoutMs: 30_000 });
    await using stack = await makeStackPlace({ name: 'wall', ...real });
    await stack.put({ 'app/compose.yaml': `services: { web: { image: x } }\n${bomb()}\n` });
    assert.deepEqual(
      await refusal(
        real.compose(stack).config(
          {
            project: 'wall',
            files: [`${stack.root}/app/compose.yaml`],
            projectDirectory: `${stack.root}/app`,
            variables: {},
            profiles: [],
          },
          new AbortController().signal,
        ),
      ),
      ['ComposeHung'],
    );
  });
});

function bomb(): string {
  const lines = ['x-a: &a [1,2,3,4,5,6,7,8,9]'];
  for (const [from, to] of ['ab', 'bc', 'cd', 'de', 'ef', 'fg', 'gh']) {
    lines.push(`x-${to}: &${to} [${Array(9).fill(`*${from}`).join(',')}]`);
  }
  return lines.join('\n');
}
