// A stack from git lives through commits: its data stays, its files follow, and nothing is made anew without a reason.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { access, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createRepository, type RealRepository } from '../support/real/git.ts';
import { testImages } from '../support/real/images.ts';
import { CHECKED, type RealStack, RUN, realStack } from '../support/real/stack.ts';
import { until } from '../support/real/until.ts';

async function stackFromGit(): Promise<{ rig: RealStack; repository: RealRepository; stable: string }> {
  let folder = '';
  const rig = await realStack({
    sources: ({ place }) => {
      folder = place.at('host');
      return [
        {
          type: 'git',
          name: 'home',
          url: `file://${place.at('host', 'infra.git')}`,
          ref: 'main',
          path: '',
          pollMs: 60_000,
          credential: null,
          knownHosts: null,
          allowedSigners: null,
          writeBack: 'commit',
          variables: {},
        },
      ];
    },
  });
  const repository = await createRepository({ folder, name: 'infra' });
  return { rig, repository, stable: join(rig.config.data, 'stacks', rig.name) };
}

/** The service writes a row a tenth of a second, and never one twice: what is missing was lost. */
const WRITER =
  'n=$$(ls /data | grep -c row); while :; do n=$$((n+1)); echo $$n > /data/row-$$n; cat /etc/app/app.ini > /data/seen; sleep 0.1; done';

describe('a stack from git', () => {
  it('lives through ten commits: one recreate, of one service, and not a byte of data lost', async () => {
    const { rig, repository, stable } = await stackFromGit();
    await using _ = rig;
    const files = (number: number, conf: string) => ({
      'infra/app/stack.yaml': `# commit ${number}\nkind: stack\nname: ${rig.name}\n`,
      'infra/app/compose.yaml': `# commit ${number}
services:
  writer: { ${RUN}, command: [sh, -c, "${WRITER}"], volumes: ["./data:/data", "./conf:/etc/app:ro"] }
  other: { ${RUN}, ${CHECKED}, volumes: ["./data:/data:ro"] }
`,
      'infra/app/conf/app.ini': conf,
      'infra/app/notes.txt': `note ${number}`,
      'infra/README.md': `commit ${number}`,
    });
    await repository.commit({ files: { ...files(0, 'one'), 'infra/app/old.txt': 'tracked once' } });
    const first = await rig.settle();
    assert.equal(first.outcome, 'converged', first.sentence);
    assert.equal(
      (await rig.seen())[0]?.labels['com.docker.compose.project.working_dir'],
      stable,
      'it runs in its stable folder',
    );
    await writeFile(join(stable, 'data/precious'), 'all of it '.repeat(10_000));
    await writeFile(join(stable, 'mine.txt'), 'untracked');
    await writeFile(join(stable, 'conf/local.ini'), 'untracked, in a tracked folder');
    const checksum = await sha256(join(stable, 'data/precious'));
    assert.equal(await readFile(join(stable, 'old.txt'), 'utf8'), 'tracked once');

    let ids = await rig.ids();
    const recreated: string[] = [];
    let rows = 0;
    for (let number = 1; number <= 10; number++) {
      const change = {
        ...files(number, number < 6 ? 'one' : 'two'),
        ...(number === 3 ? { 'infra/app/old.txt': null } : {}),
      };
      await repository.commit({ files: change, message: `commit ${number}` });
      const status = await rig.settle();
      assert.equal(status.outcome, 'converged', `commit ${number}: ${status.sentence}`);
      const now = await rig.ids();
      for (const [service, own] of Object.entries(now))
        if (own.join() !== ids[service]?.join()) recreated.push(`${service} by commit ${number}`);
      ids = now;
      assert.equal(await readFile(join(stable, 'notes.txt'), 'utf8'), `note ${number}`);
      const present = (await readdir(join(stable, 'data'))).filter((name) => name.startsWith('row-')).length;
      assert.ok(present >= rows, `rows went from ${rows} to ${present}`);
      rows = present;
    }
    assert.deepEqual(recreated, ['writer by commit 6']);
    await until({
      what: 'the service to see its second configuration',
      look: async () => (await readFile(join(stable, 'data/seen'), 'utf8')) === 'two',
    });
    assert.equal(await sha256(join(stable, 'data/precious')), checksum);
    const written = (await readdir(join(stable, 'data'))).filter((name) => name.startsWith('row-'));
    for (let row = 1; row < written.length; row++)
      assert.equal((await readFile(join(stable, `data/row-${row}`), 'utf8')).trim(), String(row));
    await assert.rejects(access(join(stable, 'old.txt')), 'a tracked file that a commit removed is gone');
    assert.equal(await readFile(join(stable, 'mine.txt'), 'utf8'), 'untracked');
    assert.equal(await readFile(join(stable, 'conf/local.ini'), 'utf8'), 'untracked, in a tracked folder');
  });

  it('goes back to the files of the good commit when a commit fails, and forward with the next one', async () => {
    const { rig, repository, stable } = await stackFromGit();
    await using _ = rig;
    const files = (image: string, conf: string) => ({
      'app/stack.yaml': `kind: stack\nname: ${rig.name}\n`,
      'app/compose.yaml': `services: { web: { image: ${image}, stop_grace_period: 1s, volumes: ["./conf:/etc/app:ro"] } }\n`,
      'app/conf/app.ini': conf,
    });
    const conf = () => readFile(join(stable, 'conf/app.ini'), 'utf8');
    await repository.commit({ files: files(testImages.checked1, 'one') });
    assert.equal((await rig.settle()).outcome, 'converged');
    const imageId = async (): Promise<string> => {
      const [web] = await rig.seen();
      return ((await rig.docker('GET', `/containers/${web?.id}/json`)) as { Image: string }).Image;
    };
    const good = await imageId();
    await repository.commit({ files: files(testImages.exits, 'two') });
    const bad = await rig.settle();
    assert.equal(bad.outcome, 'rolled-back', bad.sentence);
    assert.equal(await conf(), 'one', 'the good version has its own configuration again');
    const [kept] = await rig.seen();
    assert.deepEqual([await imageId(), kept?.state], [good, 'running']);
    assert.equal((await rig.settle()).outcome, 'rolled-back');
    assert.deepEqual((await rig.seen())[0], kept);
    await repository.commit({ files: { 'README.md': 'an unrelated commit' } });
    assert.equal((await rig.settle()).outcome, 'rolled-back', 'an unrelated commit lifts nothing');
    assert.deepEqual((await rig.seen())[0], kept);
    await repository.commit({ files: files(testImages.checked2, 'three') });
    const next = await rig.settle();
    assert.equal(next.outcome, 'converged', next.sentence);
    assert.equal(await conf(), 'three');
    assert.equal((await rig.seen())[0]?.image, testImages.checked2);
  });
});

async function sha256(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
}
