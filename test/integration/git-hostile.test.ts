// Hostile repositories and settings: nothing of them is run, followed or written outside the checkout.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { chmod, lstat, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { never, refreshed, startGitSource, textsOf } from '../support/git-source-rig.ts';
import { createRepository } from '../support/real/git.ts';
import { makePlace, type Place } from '../support/real/place.ts';

/** A program that tells that it was run. */
async function plantProgram(place: Place, path: string): Promise<string> {
  await mkdir(place.at(path, '..'), { recursive: true });
  await writeFile(place.at(path), `#!/bin/sh\ntouch '${place.at('ran')}'\ncat\n`);
  await chmod(place.at(path), 0o755);
  return place.at(path);
}

test('addresses and refs that are commands, options or second lines start nothing', async () => {
  await using place = await makePlace('git');
  const touch = `touch% ${place.at('ran')}`;
  const repository = await createRepository({ folder: place.path, name: 'home' });
  await repository.commit({ files: { 'a.yaml': '1' } });
  const settings = [
    { url: `ext::sh -c ${touch}` },
    { url: `ext::sh%20-c%20${touch}` },
    { url: `--upload-pack=touch ${place.at('ran')}` },
    { url: '-u./ran' },
    { url: `ssh://-oProxyCommand=touch${place.at('ran')}/x` },
    { url: `-oProxyCommand=touch${place.at('ran')}:x` },
    { url: 'https://host/x\r\nhost=evil' },
    { url: 'https://host%0d%0ahost=evil/x' },
    { url: 'fd::17' },
    { url: 'transport::x' },
    { url: repository.url, ref: '--upload-pack=touch' },
    { url: repository.url, ref: 'main:refs/heads/x' },
    { url: repository.url, ref: 'main --upload-pack=x' },
    { url: repository.url, ref: '^main' },
    { url: repository.url, ref: 'a..b' },
    { url: repository.url, ref: 'main\n' },
    { url: repository.url, path: '../x' },
    { url: repository.url, path: '/etc' },
  ];
  for (const change of settings) {
    const { source } = startGitSource(place, change);
    const { problem, snapshot } = await refreshed(source);
    assert.match(problem?.reason ?? '', /^Git(?:Address|Ref|Path)Refused$/, JSON.stringify(change));
    assert.equal(snapshot, null);
    assert.equal(existsSync(place.at('ran')), false, JSON.stringify(change));
  }
});

test('hooks, filters, submodules, attributes and configuration of the other side are not run', async () => {
  await using place = await makePlace('git');
  const program = await plantProgram(place, 'evil');
  const repository = await createRepository({ folder: place.path, name: 'home' });
  const attributes = '* filter=evil ident eol=crlf diff=evil merge=evil export-subst\n';
  const lfs = `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 12345\n`;
  await repository.commit({
    files: {
      'forge.d/a.yaml': 'name: "$Id$ $Format:%H$"\n',
      'forge.d/big.json': lfs,
      '.gitattributes': `${attributes}*.json filter=lfs diff=lfs merge=lfs -text\n`,
      '.gitmodules': `[submodule "x"]\n\tpath = sub\n\turl = ext::${program}\n\tbranch = main\n`,
      '.lfsconfig': '[lfs]\n\turl = http://127.0.0.1:1/\n',
    },
  });
  await repository.git('config', 'uploadpack.packObjectsHook', program);
  await repository.git('config', 'core.fsmonitor', program);
  await repository.git('config', 'core.sshCommand', program);
  for (const hook of ['post-checkout', 'reference-transaction', 'post-index-change']) {
    await plantProgram(place, `home.git/hooks/${hook}`);
  }
  const rig = startGitSource(place, { url: repository.url });
  const { snapshot, problem } = await rig.source.read(never);
  assert.equal(problem, null);
  assert.deepEqual(textsOf(snapshot), {
    'forge.d/a.yaml': 'name: "$Id$ $Format:%H$"\n',
    'forge.d/big.json': lfs,
  });
  assert.deepEqual((await readdir(snapshot?.root ?? '')).sort(), [
    '.gitattributes',
    '.gitmodules',
    '.lfsconfig',
    'forge.d',
  ]);

  assert.equal(existsSync(place.at('ran')), false);

  // Those of the other side would run now, by the push of this test.
  await rm(place.at('home.git/hooks'), { recursive: true });
  // Even planted in our own mirror, hooks do not run.
  for (const hook of ['post-checkout', 'reference-transaction', 'post-index-change']) {
    await plantProgram(place, `data/sources/home/mirror.git/hooks/${hook}`);
  }
  await repository.commit({ files: { 'forge.d/a.yaml': '2' } });
  assert.equal((await refreshed(rig.source)).problem, null);
  assert.equal(existsSync(place.at('ran')), false);
});

test('a submodule does not come out, and one with a command for an update refuses the commit', async () => {
  await using place = await makePlace('git');
  const program = await plantProgram(place, 'evil');
  const repository = await createRepository({ folder: place.path, name: 'home' });
  const elsewhere = await repository.commit({ files: { 'b.yaml': '1' } });
  const commitModules = async (settings: string) => {
    const modules = `[submodule "sub"]\n\tpath = sub\n\turl = ext::${program}\n${settings}`;
    const tree = await writeRawTree(repository.git, {
      place,
      entries: [
        ['100644', '.gitmodules', await hashObject(repository.git, place, modules)],
        ['100644', 'a.yaml', await hashObject(repository.git, place, 'kind: x')],
        ['160000', 'sub', elsewhere],
      ],
    });
    await repository.point('refs/heads/main', await repository.git('commit-tree', tree, '-m', 'modules'));
  };
  await commitModules('');
  const { source } = startGitSource(place, { url: repository.url });
  const { snapshot, problem } = await source.read(never);
  assert.equal(problem, null);
  assert.deepEqual((await readdir(snapshot?.root ?? '')).sort(), ['.gitmodules', 'a.yaml']);
  await commitModules(`\tupdate = !${program}\n`);
  const after = await refreshed(source);
  assert.equal(after.problem?.reason, 'GitObjectsRefused');
  assert.equal(after.snapshot, snapshot);
  assert.equal(existsSync(place.at('ran')), false);
});

test('git variables of our own environment reach no child', async () => {
  await using place = await makePlace('git');
  const program = await plantProgram(place, 'evil');
  const repository = await createRepository({ folder: place.path, name: 'home' });
  await repository.commit({ files: { 'a.yaml': '1' } });
  await writeFile(
    place.at('gitconfig'),
    `[core]\n\tfsmonitor = ${program}\n[url "ext::${program} "]\n\tinsteadOf = file://\n`,
  );
  const hostile = {
    GIT_CONFIG_GLOBAL: place.at('gitconfig'),
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'core.sshCommand',
    GIT_CONFIG_VALUE_0: program,
    GIT_EXTERNAL_DIFF: program,
    GIT_DIR: place.at('elsewhere'),
    GIT_TRACE: place.at('ran'),
  };
  const before = { ...process.env };
  Object.assign(process.env, hostile);
  try {
    const { problem } = await startGitSource(place, { url: repository.url }).source.read(never);
    assert.equal(problem, null);
  } finally {
    for (const name of Object.keys(hostile)) delete process.env[name];
    Object.assign(process.env, before);
  }
  assert.equal(existsSync(place.at('ran')), false);
});

test('links of the repository lead nowhere and are told, and the others go on', async () => {
  await using place = await makePlace('git');
  await writeFile(place.at('outside.yaml'), 'kind: stolen');
  const repository = await createRepository({ folder: place.path, name: 'home' });
  await repository.commit({
    files: {
      'good.yaml': 'kind: good',
      'absolute.yaml': { linkTo: place.at('outside.yaml') },
      'relative.yaml': { linkTo: 'good.yaml' },
      etc: { linkTo: '/etc' },
      'deep/only/link.txt': { linkTo: '../../../../../outside.yaml' },
    },
  });
  const { snapshot, problem } = await startGitSource(place, { url: repository.url }).source.read(never);
  assert.equal(problem, null);
  assert.deepEqual(
    snapshot?.files.map((file) => [file.path, file.text, file.refused?.reason]),
    [
      ['absolute.yaml', null, 'SymbolicLink'],
      ['good.yaml', 'kind: good', undefined],
      ['relative.yaml', null, 'SymbolicLink'],
    ],
  );
  for (const path of ['absolute.yaml', 'relative.yaml', 'etc', 'deep/only/link.txt']) {
    const link: string = `${snapshot?.root}/${path}`;
    assert.equal((await lstat(link)).isSymbolicLink(), true, path);
    await assert.rejects(readFile(link), { code: 'ENOTDIR' });
  }
});

test('file names with line breaks, escapes and broken UTF-8 are told by a harmless name', async () => {
  await using place = await makePlace('git');
  const repository = await createRepository({ folder: place.path, name: 'home' });
  const blob = await hashObject(repository.git, place, 'kind: x');
  const names = [
    'ok.yaml',
    'cr\r.yaml',
    'new\nline.yaml',
    'esc\u001b[31m.yaml',
    'quote".yaml',
    'back\\slash.yaml',
  ];
  const entries = names.map((name) => Buffer.from(`100644 blob ${blob}\t${name}\0`));
  entries.push(
    Buffer.concat([Buffer.from(`100644 blob ${blob}\tbroken`), Buffer.from([0xff]), Buffer.from('.yaml\0')]),
  );
  await commitTree(repository.git, { place, entries: Buffer.concat(entries) });
  const { snapshot, problem } = await startGitSource(place, { url: repository.url }).source.read(never);
  assert.equal(problem, null);
  const told = Object.fromEntries(
    snapshot?.files.map((file) => [file.path, file.refused?.reason ?? file.text]) ?? [],
  );
  assert.deepEqual(told, {
    'ok.yaml': 'kind: x',
    'quote".yaml': 'kind: x',
    'back\\slash.yaml': 'kind: x',
    'cr\r.yaml': 'OddFileName',
    'new\nline.yaml': 'OddFileName',
    'esc\u001b[31m.yaml': 'OddFileName',
    'broken\ufffd.yaml': 'OddFileName',
  });
});

test('trees that would write into .git or out of the folder are refused as a whole', async () => {
  await using place = await makePlace('git');
  const repository = await createRepository({ folder: place.path, name: 'home' });
  const good = await repository.commit({ files: { 'a.yaml': '1' } });
  const rig = startGitSource(place, { url: repository.url });
  await rig.source.read(never);
  for (const name of ['.git', '..', '.GIT', 'git~1']) {
    const blob = await hashObject(repository.git, place, 'evil');
    const inner = await writeRawTree(repository.git, { place, entries: [['100644', 'config', blob]] });
    const outer = await writeRawTree(repository.git, { place, entries: [['40000', name, inner]] });
    const commit = await repository.git('commit-tree', outer, '-m', 'evil');
    await repository.point('refs/heads/main', commit);
    const { snapshot, problem } = await refreshed(rig.source);
    assert.equal(problem?.reason, 'GitObjectsRefused', name);
    assert.equal(snapshot?.revision, good);
  }
});

test('files that are too large or not text are told one by one, and the others go on', async () => {
  await using place = await makePlace('git');
  const repository = await createRepository({ folder: place.path, name: 'home' });
  await repository.commit({
    files: {
      'good.yaml': 'kind: good',
      'bom.yaml': Buffer.from('\ufeffkind: good'),
      'large.json': Buffer.alloc(1024 * 1024 + 1, 'x'),
      'latin.yaml': Buffer.from([0x6b, 0xe4, 0x73, 0x65]),
      'nul.yml': Buffer.from('a\0b'),
      'utf16.yaml': Buffer.from('\ufeffkind', 'utf16le'),
      '_drafts/x.yaml': 'kind: draft',
      '.github/workflows/ci.yml': 'on: push',
      '.hidden.yaml': 'x',
      'UPPER.YAML': 'kind: upper',
    },
  });
  const { snapshot } = await startGitSource(place, { url: repository.url }).source.read(never);
  const told = snapshot?.files.map((file) => [file.path, file.text ?? file.refused?.reason]);
  assert.deepEqual(told, [
    ['UPPER.YAML', 'kind: upper'],
    ['bom.yaml', 'kind: good'],
    ['good.yaml', 'kind: good'],
    ['large.json', 'FileTooLarge'],
    ['latin.yaml', 'NotUtf8'],
    ['nul.yml', 'NulByte'],
    ['utf16.yaml', 'NotUtf8'],
  ]);
});

type Git = (...args: readonly string[]) => Promise<string>;

async function hashObject(git: Git, place: Place, text: string): Promise<string> {
  await writeFile(place.at('object'), text);
  return await git('hash-object', '-w', place.at('object'));
}

/** A tree object as it stands, without git's own checks of names. */
async function writeRawTree(
  git: Git,
  { place, entries }: { place: Place; entries: [mode: string, name: string, id: string][] },
): Promise<string> {
  const bytes = entries.map(([mode, name, id]) =>
    Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.from(id, 'hex')]),
  );
  await writeFile(place.at('object'), Buffer.concat(bytes));
  return await git('hash-object', '-t', 'tree', '-w', '--literally', place.at('object'));
}

async function commitTree(git: Git, { place, entries }: { place: Place; entries: Buffer }): Promise<void> {
  const lines = splitAtNul(entries).map((entry): [string, string | Buffer, string] => {
    const tab = entry.indexOf('\t');
    const id = entry.subarray(0, tab).toString().split(' ')[2] ?? '';
    return ['100644', entry.subarray(tab + 1), id];
  });
  lines.sort(([, a], [, b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const bytes = lines.map(([mode, name, id]) =>
    Buffer.concat([Buffer.from(`${mode} `), Buffer.from(name), Buffer.from([0]), Buffer.from(id, 'hex')]),
  );
  await writeFile(place.at('object'), Buffer.concat(bytes));
  const tree = await git('hash-object', '-t', 'tree', '-w', '--literally', place.at('object'));
  const commit = await git('commit-tree', tree, '-m', 'odd names');
  await git('update-ref', 'refs/heads/main', commit);
}

function splitAtNul(bytes: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(0, start);
    parts.push(bytes.subarray(start, end));
    start = end + 1;
  }
  return parts;
}
