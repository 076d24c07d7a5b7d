// A version of a stack that fails costs what runs as little as can be, is explained, and is not tried for ever.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { testImages } from '../support/real/images.ts';
import { CHECKED, NEVER_WELL, PLAIN, type RealStack, RUN, realStack } from '../support/real/stack.ts';

/** What a person does with `tinyforge resume`. */
async function resume(rig: RealStack): Promise<void> {
  const pass = await rig.open({ write: true });
  try {
    assert.ok(pass.control.liftQuarantine(rig.name), 'there was something to lift');
  } finally {
    await pass.close();
  }
}

const states = async (rig: RealStack) =>
  Object.fromEntries((await rig.seen()).map(({ service, state }) => [service, state]));

describe('a stack whose new version fails', () => {
  it('an image that cannot be had costs the running services nothing', async () => {
    await using rig = await realStack();
    await rig.manifest();
    await rig.applied(`services: { web: { ${RUN} }, db: { ${RUN} } }`);
    const before = await rig.seen();
    const missing = RUN.replace(testImages.shell, '127.0.0.1:9/nowhere/web:2');
    const status = await rig.applied(
      `services: { web: { ${missing} }, db: { ${RUN}, environment: { V: "2" } } }`,
    );
    assert.equal(status.outcome, 'waiting', status.sentence);
    assert.match(status.sentence, /127\.0\.0\.1:9.*1 keeps running/);
    assert.deepEqual(await rig.seen(), before);
    await rig.applied(`services: { web: { ${RUN} }, db: { ${RUN} } }`);
    assert.deepEqual(await rig.seen(), before);
  });

  it('a service that never gets healthy: the last good files come back, and that is told', async () => {
    await using rig = await realStack();
    await rig.manifest();
    const good = `services:
  web: { ${RUN}, ${CHECKED}, environment: { V: "1" } }
  db: { ${RUN}, environment: { V: "1" } }
  other: { ${RUN} }
  leaver: { ${PLAIN} }
`;
    const bad = `services:
  web: { ${RUN}, ${NEVER_WELL}, environment: { V: "2" } }
  db: { ${RUN}, environment: { V: "2" } }
  other: { ${RUN} }
  comer: { ${RUN} }
`;
    assert.equal((await rig.applied(good)).outcome, 'converged');
    const before = await rig.ids();
    await rig.compose(bad);
    const plan = await rig.planned();
    assert.match(plan.onFailure ?? '', /last good files/);
    const status = await rig.settle();
    assert.equal(status.outcome, 'rolled-back', status.sentence);
    assert.match(status.sentence, /^runs 1; web is unhealthy: the disk is full/);
    const after = await rig.seen();
    assert.deepEqual(
      after.map(({ service, state, environment }) => [service, state, environment.V]),
      [
        ['db', 'running', '1'],
        ['leaver', 'running', undefined],
        ['other', 'running', undefined],
        ['web', 'running', '1'],
      ],
    );
    const ids = await rig.ids();
    assert.deepEqual([ids.other, ids.leaver], [before.other, before.leaver]);

    // Each pass of this rig is a process of its own: nothing is kept in memory.
    const writes = await rig.writesDuring(async () => {
      const again = await rig.settle();
      assert.equal(again.outcome, 'rolled-back', again.sentence);
      assert.match(again.sentence, /the disk is full/);
    });
    assert.deepEqual(writes, []);

    // What runs instead is healed like anything else.
    await rig.docker('POST', `/containers/${ids.db?.[0]}/kill`);
    await rig.docker('DELETE', `/containers/${ids.web?.[0]}?force=1`);
    assert.equal((await rig.settle()).outcome, 'rolled-back');
    assert.deepEqual(await states(rig), {
      db: 'running',
      leaver: 'running',
      other: 'running',
      web: 'running',
    });
    assert.deepEqual((await rig.ids()).db, ids.db);

    await resume(rig);
    const tried = await rig.writesDuring(async () => {
      assert.equal((await rig.settle()).outcome, 'rolled-back', 'tried once more, and failed once more');
    });
    assert.ok(tried.some((line) => line.includes(`${rig.name}-web-1`)));

    const mended = await rig.applied(bad.replace(NEVER_WELL, CHECKED));
    assert.equal(mended.outcome, 'converged', mended.sentence);
    assert.deepEqual(await states(rig), {
      comer: 'running',
      db: 'running',
      other: 'running',
      web: 'running',
    });
  });

  it('what failed before may be wished for again when another version stood in between', async () => {
    await using rig = await realStack();
    await rig.manifest();
    const text = (check: string) => `services: { web: { ${RUN}, ${check} } }`;
    assert.equal((await rig.applied(text(CHECKED))).outcome, 'converged');
    assert.equal((await rig.applied(text(NEVER_WELL))).outcome, 'rolled-back');
    assert.equal((await rig.applied(text(CHECKED))).outcome, 'converged');
    const again = await rig.writesDuring(async () => {
      assert.equal((await rig.applied(text(NEVER_WELL))).outcome, 'rolled-back');
    });
    assert.ok(again.some((line) => line.startsWith('container start')));
  });

  it('the first version that fails has nothing to go back to: it says so, and the next one converges', async () => {
    await using rig = await realStack();
    await rig.manifest();
    const status = await rig.applied(`services: { web: { ${RUN}, ${NEVER_WELL} }, db: { ${RUN} } }`);
    assert.equal(status.outcome, 'failed', status.sentence);
    assert.match(status.sentence, /web is unhealthy: the disk is full/);
    assert.deepEqual(await rig.writesDuring(() => rig.settle()), []);
    const mended = await rig.applied(`services: { web: { ${RUN}, ${CHECKED} }, db: { ${RUN} } }`);
    assert.equal(mended.outcome, 'converged', mended.sentence);
  });

  it('files that cannot be read hold it as last applied, and it is healed all the same', async () => {
    await using rig = await realStack();
    await rig.manifest();
    assert.equal((await rig.applied(`services: { web: { ${RUN} }, db: { ${RUN} } }`)).outcome, 'converged');
    const before = await rig.ids();
    for (const [what, text] of [
      ['no YAML', 'services: { web: ['],
      ['no services', 'volumes: {}'],
      ['nothing', ''],
      ['what Compose refuses', `services: { web: { ${RUN}, scale: many } }`],
      ['a file that is not there', 'include: [nowhere.yaml]'],
    ] as const) {
      const held = await rig.applied(text);
      assert.ok(['held', 'degraded'].includes(held.outcome), `${what}: ${held.outcome} ${held.sentence}`);
      await rig.docker('POST', `/containers/${before.db?.[0]}/stop?t=0`);
      const healed = await rig.settle();
      assert.equal(healed.outcome, 'held', `${what}: ${healed.sentence}`);
      assert.deepEqual(await rig.ids(), before, what);
      assert.deepEqual(await states(rig), { db: 'running', web: 'running' }, what);
    }
  });
});
