// Whoever types the name that a workload had before is told the one that it has now, by every command that takes a name.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LABEL } from '../../src/model/labels.ts';
import { createHouse, type House, record } from '../support/fake-sessions.ts';
import { assertGolden } from '../support/golden.ts';
import { cli, somebody } from '../support/run-cli.ts';
import { busyDay, NOW_MS } from '../support/sample-status.ts';

/** The shop was a mall and a kiosk before that; immich was called photos, and its containers have not been made anew. */
function house(): House {
  const made = createHouse();
  if (made.store !== null) record(made.store, busyDay.units, NOW_MS);
  const home = { home: null, project: null };
  made.control.saveRenamed({
    name: 'shop',
    kind: 'project',
    from: 'mall',
    was: ['mall', 'kiosk'],
    ...home,
  });
  made.control.saveRenamed({
    name: 'immich',
    kind: 'stack',
    from: 'photos',
    was: ['photos'],
    home: 'photos',
    project: 'photos',
  });
  made.engine.addStranger({
    name: 'photos-server-1',
    labels: {
      [LABEL.managed]: 'true',
      [LABEL.controller]: 'default',
      [LABEL.unit]: 'photos',
      [LABEL.workloadId]: 'stack.photos',
      [LABEL.workloadKind]: 'stack',
      'com.docker.compose.project': 'photos',
      'com.docker.compose.project.working_dir': '/opt/stacks/photos',
    },
  });
  return made;
}

const COMMANDS = [
  'status',
  'why',
  'history',
  'events',
  'logs',
  'suspend',
  'resume',
  'rollback',
  'plan',
  'diff',
  'apply',
  'eject',
  'adopt',
];

describe('a former name', () => {
  for (const command of COMMANDS)
    it(`given to ${command} leads to the name of today`, async () => {
      const ran = await cli(house(), [command, 'photos'], { fetch: somebody() });
      assert.equal(ran.code, 64, ran.transcript);
      assert.match(ran.stderr, /photos is called immich now: it was renamed\./);
    });

  it('says what to say instead', async () => {
    const ran = await cli(house(), ['why', 'photos']);
    assertGolden('cli/former-name.pipe.txt', ran.transcript);
  });

  it('of a stage leads to the same stage, however long ago it was', async () => {
    for (const name of ['mall/prod', 'kiosk/prod']) {
      const ran = await cli(house(), ['why', name]);
      assert.match(ran.stderr, new RegExp(`Say shop/prod instead of ${name}\\.`));
    }
  });

  it('that somebody else has by now is his', async () => {
    const made = house();
    made.control.saveRenamed({
      ...{ name: 'shop', kind: 'project', from: 'gitea', was: ['gitea'] },
      ...{ home: null, project: null },
    });
    const ran = await cli(made, ['why', 'gitea']);
    assert.doesNotMatch(ran.stderr, /was renamed/);
  });

  it('on containers that were made under it hides nothing from eject', async () => {
    const ran = await cli(house(), ['eject', 'immich'], { fetch: somebody() });
    assert.match(ran.stdout, /^immich is ejected: photos-server-1 runs on/m);
    assert.match(ran.transcript, /docker compose -p photos ps/);
  });
});
