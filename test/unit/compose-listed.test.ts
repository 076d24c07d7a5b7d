// `.env` as people have it beside a Compose file: what of it is data, what is passed over, what is refused.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { composeEnvironment } from '../../src/core/compose-env.ts';
import { listedFiles } from '../../src/core/compose-listed.ts';

const place = { file: 'a/compose.yaml', line: 1 };
const dotEnv = (text: string) =>
  composeEnvironment({
    ...{ environment: {}, place, envFiles: [], dotEnv: { file: 'a/.env', text } },
    settings: 'passed over',
  });
const listed = (value: string, separator = ':') =>
  listedFiles({ name: 'COMPOSE_FILE', value, file: 'a/.env', line: 3 }, { folder: 'a', separator });

describe('settings in `.env`', () => {
  it('of Compose and Docker are passed over, told, and in nobody’s variables', () => {
    const read = dotEnv('A=1\nCOMPOSE_BAKE=true\nDOCKER_HOST=tcp://127.0.0.1:1\n');
    assert.deepEqual([read.values, read.problems], [{ A: '1' }, []]);
    assert.deepEqual(
      read.notices.map(({ severity, reason, line }) => [severity, reason, line]),
      [
        ['info', 'SettingPassedOver', 2],
        ['info', 'SettingPassedOver', 3],
      ],
    );
  });

  it('of git and of programs are still refused', () => {
    for (const name of ['GIT_SSH_COMMAND', 'LD_PRELOAD', 'PATH'])
      assert.deepEqual(
        dotEnv(`${name}=x`).problems.map(({ reason }) => reason),
        ['ControlKey'],
      );
  });

  it('a project that Compose would not take either is a problem', () => {
    const { problems, projectName } = dotEnv('COMPOSE_PROJECT_NAME=My App');
    assert.deepEqual([problems.map(({ reason }) => reason), projectName], [['ProjectName'], null]);
  });
});

describe('COMPOSE_FILE', () => {
  it('is the list of files, in its order', () => {
    const { compose, problems, notices } = listed('base.yaml:sub/more.yaml');
    assert.deepEqual([compose, problems], [['a/base.yaml', 'a/sub/more.yaml'], []]);
    assert.deepEqual(
      notices.map(({ reason, line }) => [reason, line]),
      [['ReadAsData', 3]],
    );
    assert.deepEqual(listed('base.yaml;more.yaml', ';').compose, ['a/base.yaml', 'a/more.yaml']);
  });

  it('leads nowhere outside of the folder', () => {
    for (const value of [
      '/etc/hostname',
      '../b/compose.yaml',
      'base.yaml:../b/compose.yaml',
      'sub/base.yaml',
      '~/x.yaml',
      'https://x/y.yaml',
      'git@x:y.git',
      '',
    ]) {
      const { compose, problems } = listed(value);
      assert.deepEqual(
        [compose, problems.map(({ reason }) => reason)],
        [[], ['ComposeFilesElsewhere']],
        value,
      );
    }
  });
});
