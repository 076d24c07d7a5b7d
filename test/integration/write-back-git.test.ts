// A change of a manifest in git: one commit on the newest head, by nobody's hooks and no shell, or a sentence and the patch.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { createSystemClock } from '../../src/adapters/clock/system-clock.ts';
import { createGitWriteBack } from '../../src/adapters/git/write-back.ts';
import type { GitSourceConfig } from '../../src/model/config.ts';
import type { FileChange, WriteBack, WriteRequest, Written } from '../../src/ports/write-back.ts';
import { gitConfig, never } from '../support/git-source-rig.ts';
import { createRepository, type RealRepository } from '../support/real/git.ts';
import { serveGitOverHttp } from '../support/real/git-http.ts';
import { makePlace, type Place } from '../support/real/place.ts';

function writer(place: Place, config: Partial<GitSourceConfig> & { url: string }): WriteBack {
  return createGitWriteBack({
    config: gitConfig(config),
    dataDirectory: place.at('data'),
    secrets: { get: () => 'bot:token', redact: (text) => text.replaceAll('token', '(secret)') },
    clock: createSystemClock(),
  });
}

const append = (file: string, line: string): FileChange => ({
  file,
  apply: (text) => ({ ok: true, text: `${text ?? ''}${line}\n` }),
});
const ask = (change: FileChange, words: Partial<WriteRequest> = {}): WriteRequest => ({
  change,
  message: 'Add a route',
  author: null,
  signal: never,
  ...words,
});
const reasonOf = (written: Written): string =>
  written.type === 'refused' ? written.refusal.reason : written.type;
const show = (repository: RealRepository, what: string) => repository.git('show', what);

describe('a change of a file in git', () => {
  it('is one commit on the branch, with everything else as it was, byte for byte', async () => {
    await using place = await makePlace('write-back');
    const repository = await createRepository({ folder: place.path, name: 'infra' });
    await repository.commit({ files: { 'forge.d/a.yaml': '\uFEFFa: 1\n' } });
    // Attributes of the repository would change bytes of whoever has a working tree.
    const base = await repository.commit({
      files: {
        'forge.d/ü b.yaml': 'x: 1\n',
        '.gitattributes': '* text eol=crlf\n',
        link: { linkTo: '/etc/passwd' },
      },
    });
    const written = await writer(place, { url: repository.url, path: 'forge.d' }).write(
      ask(append('a.yaml', 'b: 2\r')),
    );
    assert.ok(written.type === 'written' && written.takesEffect, JSON.stringify(written));
    assert.equal(written.branch, 'main');
    assert.equal(await repository.head(), written.commit);
    assert.equal(await repository.git('rev-parse', 'main^'), base);
    assert.equal(await repository.git('diff', '--name-status', 'main^', 'main'), 'M\tforge.d/a.yaml');
    const bytes = execFileSync('git', ['cat-file', 'blob', 'main:forge.d/a.yaml'], {
      cwd: repository.directory,
    });
    assert.equal(bytes.toString('utf8'), '\uFEFFa: 1\nb: 2\r\n');
    assert.equal(
      await repository.git('log', '-1', '--format=%an <%ae> %s'),
      'Tinyforge <tinyforge@localhost> Add a route',
    );
    const odd = await writer(place, { url: repository.url, path: 'forge.d' }).write(
      ask(append('ü b.yaml', 'y: 2')),
    );
    assert.equal(odd.type, 'written');
    assert.equal(await show(repository, 'main:forge.d/ü b.yaml'), 'x: 1\ny: 2');
  });

  it('makes a file, takes one away, and commits nothing where nothing changes', async () => {
    await using place = await makePlace('write-back');
    const repository = await createRepository({ folder: place.path, name: 'infra' });
    await repository.commit({ files: { 'keep.yaml': 'a: 1\n' } });
    const home = writer(place, { url: repository.url });
    await home.write(ask(append('proxies/nas.yaml', 'a: 1')));
    assert.equal(await show(repository, 'main:proxies/nas.yaml'), 'a: 1');
    const head = await repository.head();
    assert.deepEqual(await home.write(ask({ file: 'keep.yaml', apply: (text) => ({ ok: true, text }) })), {
      type: 'unchanged',
    });
    assert.equal(await repository.head(), head);
    const gone = await home.write(ask({ file: 'proxies/nas.yaml', apply: () => ({ ok: true, text: null }) }));
    assert.ok(gone.type === 'written');
    assert.match(gone.patch, /^deleted file mode/m);
    assert.equal(await repository.git('ls-tree', '-r', '--name-only', 'main'), 'keep.yaml');
  });

  it('is made again on what somebody pushed in between: both are there', async () => {
    await using place = await makePlace('write-back');
    const repository = await createRepository({ folder: place.path, name: 'infra' });
    await repository.commit({ files: { 'a.yaml': 'a: 1\n' } });
    const faster = await repository.commit({ files: { 'a.yaml': 'a: 1\ntheirs: 1\n' }, branch: 'next' });
    let calls = 0;
    const written = await writer(place, { url: repository.url }).write(
      ask({
        file: 'a.yaml',
        apply(text) {
          calls += 1;
          if (calls === 1)
            execFileSync('git', ['update-ref', 'refs/heads/main', faster], { cwd: repository.directory });
          return { ok: true, text: `${text}ours: 1\n` };
        },
      }),
    );
    assert.equal(written.type, 'written');
    assert.equal(calls, 2);
    assert.equal(await show(repository, 'main:a.yaml'), 'a: 1\ntheirs: 1\nours: 1');
    assert.equal(await repository.git('rev-parse', 'main^'), faster);
  });

  it('gives up when somebody is faster each time, and never pushes by force', async () => {
    await using place = await makePlace('write-back');
    const repository = await createRepository({ folder: place.path, name: 'infra' });
    await repository.commit({ files: { 'a.yaml': 'a: 0\n' } });
    const others: string[] = [];
    for (let number = 1; number <= 6; number += 1)
      others.push(await repository.commit({ files: { 'a.yaml': `a: ${number}\n` }, branch: 'next' }));
    let calls = 0;
    const written = await writer(place, { url: repository.url }).write(
      ask({
        file: 'a.yaml',
        apply(text) {
          execFileSync('git', ['update-ref', 'refs/heads/main', others[calls] ?? ''], {
            cwd: repository.directory,
          });
          calls += 1;
          return { ok: true, text: `${text}ours: 1\n` };
        },
      }),
    );
    assert.equal(reasonOf(written), 'PushRace');
    assert.equal(await repository.head(), others[calls - 1]);
  });

  it('runs nothing of what strangers write: a tag $(…), an author of two lines, hooks, a linked manifest', async () => {
    await using place = await makePlace('write-back');
    const repository = await createRepository({ folder: place.path, name: 'infra' });
    await repository.commit({
      files: {
        'a.yaml': 'tag: x\n',
        'link.yaml': { linkTo: 'a.yaml' },
        folder: { linkTo: '.' },
        'sub/a.yaml': 'a: 1\n',
      },
    });
    const canary = place.at('canary');
    const hook = `#!/bin/sh\ntouch ${canary}\n`;
    const hooks = place.at('data', 'sources', 'home', 'write.git', 'hooks');
    const home = writer(place, { url: repository.url });
    await home.write(ask(append('sub/a.yaml', 'b: 1')));
    mkdirSync(hooks, { recursive: true });
    for (const name of ['pre-push', 'pre-commit', 'commit-msg', 'post-commit', 'reference-transaction']) {
      writeFileSync(`${hooks}/${name}`, hook);
      chmodSync(`${hooks}/${name}`, 0o755);
    }
    const tag = `$(touch ${canary})\`touch ${canary}\`; touch ${canary}`;
    const written = await home.write(
      ask(append('a.yaml', `other: "${tag}"`), {
        message: `Set ${tag}\u001b[2J`,
        author: `Eve\nCo-authored-by: Root <root@example.com>\n$(touch ${canary})`,
      }),
    );
    assert.equal(written.type, 'written');
    assert.ok(!existsSync(canary), 'something of it was run');
    const body = await repository.git('log', '-1', '--format=%B');
    assert.ok(body.startsWith(`Set ${tag}`), body);
    assert.ok(!body.includes('\u001b'));
    assert.equal(
      body.split('\n').filter((line) => line.startsWith('Co-authored-by:')).length,
      0,
      'a line of its own was forged',
    );
    assert.equal(await repository.git('log', '-1', '--format=%an|%cn'), 'Tinyforge|Tinyforge');
    const head = await repository.head();
    assert.equal(reasonOf(await home.write(ask(append('link.yaml', 'x: 1')))), 'NotARegularFile');
    assert.equal(reasonOf(await home.write(ask(append('folder/new.yaml', 'x: 1')))), 'NotARegularFile');
    assert.equal(reasonOf(await home.write(ask(append('sub', 'x: 1')))), 'NotARegularFile');
    assert.equal(await repository.head(), head);
  });

  it('goes to a branch of ours where the source says so', async () => {
    await using place = await makePlace('write-back');
    const repository = await createRepository({ folder: place.path, name: 'infra' });
    const head = await repository.commit({ files: { 'a.yaml': 'a: 1\n' } });
    const written = await writer(place, { url: repository.url, writeBack: 'branch' }).write(
      ask(append('a.yaml', 'b: 2')),
    );
    assert.ok(written.type === 'written' && !written.takesEffect);
    assert.match(written.branch ?? '', /^tinyforge\/a-[0-9a-f]{8}$/);
    assert.equal(await repository.head(), head);
    assert.equal(await repository.head(written.branch ?? ''), written.commit);
  });

  it('is only told, with the patch, where it cannot or must not be written', async () => {
    await using place = await makePlace('write-back');
    const repository = await createRepository({ folder: place.path, name: 'infra' });
    const head = await repository.commit({ files: { 'a.yaml': 'a: 1\n' } });
    await repository.point('refs/tags/v1', head);
    const tell = (config: Partial<GitSourceConfig>) =>
      writer(place, { url: repository.url, ...config }).write(ask(append('a.yaml', 'b: 2')));
    for (const [config, reason] of [
      [{ writeBack: 'off' }, 'WriteBackOff'],
      [{ allowedSigners: '/etc/signers' }, 'CommitMustBeSigned'],
    ] as const) {
      const written = await tell(config);
      assert.equal(reasonOf(written), reason);
      assert.ok(written.type === 'refused');
      assert.match(written.patch ?? '', /^\+b: 2$/m);
    }
    assert.equal(reasonOf(await tell({ ref: 'v1' })), 'NotABranch');
    assert.equal(reasonOf(await tell({ ref: head })), 'NotABranch');
    assert.equal(reasonOf(await tell({ url: `file://${place.at('nothing.git')}` })), 'GitRepositoryMissing');
    assert.equal(reasonOf(await tell({ url: 'ext::sh -c x' })), 'GitAddressRefused');
    writeFileSync(
      `${repository.directory}/hooks/pre-receive`,
      '#!/bin/sh\necho "Main is protected: open a merge request." >&2\nexit 1\n',
    );
    chmodSync(`${repository.directory}/hooks/pre-receive`, 0o755);
    const declined = await tell({});
    assert.equal(reasonOf(declined), 'PushDeclined');
    assert.ok(
      declined.type === 'refused' && declined.refusal.message.includes('Main is protected'),
      JSON.stringify(declined),
    );
    assert.match(declined.patch ?? '', /^\+b: 2$/m);
    assert.equal(await repository.head(), head);
  });

  it('over http uses the credential of the source, says when it may only read, and does not show it', async () => {
    await using place = await makePlace('write-back');
    const repository = await createRepository({ folder: place.path, name: 'infra' });
    await repository.commit({ files: { 'a.yaml': 'a: 1\n' } });
    await using server = await serveGitOverHttp({
      folder: place.path,
      credentials: { username: 'bot', password: 'token' },
    });
    const home = writer(place, { url: server.urlOf('infra'), credential: 'git' });
    assert.equal(reasonOf(await home.write(ask(append('a.yaml', 'b: 2')))), 'written');
    assert.equal(await show(repository, 'main:a.yaml'), 'a: 1\nb: 2');
    await repository.git('config', 'http.receivepack', 'false');
    const readOnly = await home.write(ask(append('a.yaml', 'c: 3')));
    assert.equal(reasonOf(readOnly), 'SourceReadOnly');
    assert.doesNotMatch(JSON.stringify(readOnly), /token|Ym90/);
    server.setMood('refuse');
    assert.equal(reasonOf(await home.write(ask(append('a.yaml', 'c: 3')))), 'GitAway');
  });
});
