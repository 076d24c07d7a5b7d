// A stack in a directory, kept by the whole product: it runs in its own folder, and twice is nothing.
import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { RUN, realStack } from '../support/real/stack.ts';
import { until } from '../support/real/until.ts';

const CONVERGED = 'converged';

describe('a stack in a directory', () => {
  it('runs in its own folder, converges, and twice is nothing: no write, no child', async () => {
    await using rig = await realStack();
    await rig.manifest();
    await mkdir(join(rig.directory, 'app/data'), { recursive: true });
    await writeFile(join(rig.directory, 'app/data/mine'), 'was here before');
    const first = await rig.applied(`services:
  db: { ${RUN}, command: [sh, -c, "cp /data/mine /data/copy; exec sleep 1000"], volumes: ["./data:/data"] }
  web: { ${RUN}, depends_on: [db], volumes: ["./conf:/etc/app:ro", "files:/files"] }
volumes: { files: {} }
`);
    assert.equal(first.outcome, CONVERGED, first.sentence);
    const seen = await rig.seen();
    assert.deepEqual(
      seen.map(({ name, state }) => [name, state]),
      [
        [`${rig.name}-db-1`, 'running'],
        [`${rig.name}-web-1`, 'running'],
      ],
    );
    for (const { labels } of seen)
      assert.equal(labels['com.docker.compose.project.working_dir'], join(rig.directory, 'app'));
    assert.deepEqual(seen[0]?.binds, { '/data': join(rig.directory, 'app/data') });
    assert.deepEqual(seen[1]?.binds, { '/etc/app': join(rig.directory, 'app/conf') });
    const copy = await until({
      what: 'the copy that the service makes in the folder',
      look: () => readFile(join(rig.directory, 'app/data/copy'), 'utf8'),
    });
    assert.equal(copy, 'was here before');

    const before = rig.children().length;
    assert.ok(before > 0);
    const writes = await rig.writesDuring(async () => {
      const pass = await rig.open({ write: true });
      try {
        const options = { prune: false, units: [], signal: AbortSignal.timeout(60_000), onChange: () => {} };
        await pass.apply(options);
        const written = pass.store.writes();
        const again = await pass.apply(options);
        assert.equal(rig.status(again, rig.name).outcome, CONVERGED);
        assert.equal(pass.store.writes(), written);
      } finally {
        await pass.close();
      }
    });
    assert.deepEqual(writes, []);
    // A new process asks the plugin for its version once, and nothing else.
    assert.deepEqual(rig.children().slice(before), ['version --short']);
    assert.deepEqual(await rig.seen(), seen);
    assert.deepEqual((await rig.planned()).actions, []);
  });
});
