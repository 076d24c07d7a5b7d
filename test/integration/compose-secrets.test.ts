// Where the secrets of a stack are while the real Compose works with them, and where they never are.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { before, describe, it } from 'node:test';
import { createRedactor } from '../../src/core/redact.ts';
import { problemsOf } from '../../src/engine/stack/create-stack-resolver.ts';
import { isFault } from '../../src/model/errors.ts';
import { makeStackRig } from '../support/compose-stack-rig.ts';
import { sharedEngine } from '../support/real/engine.ts';
import { loadTestImages, testImages } from '../support/real/images.ts';

before(() => loadTestImages(sharedEngine()));

const CANARY = 'canary-7f3a"9%\nsecond$line';
const MARK = /canary-7f3a/;
const RUN = `image: ${testImages.shell}, command: [sleep, "1000"], init: true, stop_grace_period: 0s`;
const redact = createRedactor([{ name: 'db', value: CANARY }]);

describe('a secret of a stack', () => {
  it('is in no argument and no environment of a child, while it works', async () => {
    await using rig = await makeStackRig('secret', { secrets: { db: CANARY }, redact });
    await rig.put({
      'app/compose.yaml': `services: { a: { ${RUN}, environment: { P: "\${P}" }, secrets: [s] } }\nsecrets: { s: { environment: P } }`,
    });
    const wish = rig.desired({ environment: { P: '${secret:db}' } });
    const found = new Set<string>();
    let looks = 0;
    const children = new Set<string>();
    const look = setInterval(() => {
      looks += 1;
      for (const pid of readdirSync('/proc').filter(
        (name) => /^\d+$/.test(name) && name !== String(process.pid),
      )) {
        const cmdline = read(`/proc/${pid}/cmdline`);
        if (!cmdline.includes(rig.place.path)) continue;
        children.add(/\0(config|up)\0/.exec(cmdline)?.[1] ?? 'other');
        if (MARK.test(cmdline)) found.add('cmdline');
        if (MARK.test(read(`/proc/${pid}/environ`))) found.add('environ');
      }
    }, 1);
    await rig.converge(wish);
    clearInterval(look);
    assert.ok(looks > 10);
    assert.ok(children.has('config') && children.has('up'), `saw only ${[...children]}`);
    assert.deepEqual([...found], []);
    const [container] = await rig.containers();
    assert.equal(container?.environment.P, CANARY);
    assert.doesNotMatch(JSON.stringify(container?.labels), MARK);
  });

  it('is in no file afterwards, not even when up fails', async () => {
    await using rig = await makeStackRig('secret', { secrets: { db: CANARY }, redact });
    await rig.put({
      'app/compose.yaml': `services: { a: { image: ${testImages.shell}, command: ["\${P}"], secrets: [s] } }\nsecrets: { s: { environment: P } }`,
    });
    const wish = rig.desired({ environment: { P: '${secret:db}' } });
    await assert.rejects(rig.converge(wish), (error: unknown) => {
      assert.ok(isFault(error));
      assert.equal(error.reason, 'ComposeUpFailed');
      assert.doesNotMatch(JSON.stringify([error.message, error.hint, error.evidence]), MARK);
      assert.match(error.message, /\$\{secret:db\}/);
      return true;
    });
    await rig.resolver.markGood(wish);
    const files = readdirSync(rig.place.path, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    assert.ok(files.length > 3);
    for (const file of files) assert.doesNotMatch(read(`${file.parentPath}/${file.name}`), MARK, file.name);
  });

  it('is in no refusal that quotes it', async () => {
    await using rig = await makeStackRig('secret', { secrets: { db: CANARY }, redact });
    const texts = [
      `services: { a: { image: x, ports: ["\${P}"] } }`,
      `services: { a: { image: x, mem_limit: "\${P}" } }`,
    ];
    for (const text of texts) {
      await rig.put({ 'app/compose.yaml': text });
      await assert.rejects(
        rig.resolver.resolve(rig.desired({ environment: { P: '${secret:db}' } })),
        (error: unknown) => {
          assert.ok(isFault(error));
          assert.equal(error.reason, 'ComposeRefused');
          assert.doesNotMatch(JSON.stringify([error.message, error.evidence, problemsOf(error)]), MARK);
          return true;
        },
      );
    }
  });
});

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
