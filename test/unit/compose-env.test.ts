// What Compose files may interpolate: precedence, control keys, and the two settings that are read as data.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isControlKey } from '../../src/core/compose-control-keys.ts';
import { composeEnvironment } from '../../src/core/compose-env.ts';

const place = { file: 'stack.yaml', line: 7 };
const dotEnv = (text: string) =>
  composeEnvironment({ environment: {}, place, envFiles: [], dotEnv: { file: 'a/.env', text } });

describe('control keys', () => {
  const control = `COMPOSE_FILE COMPOSE_EXPERIMENTAL_GIT_REMOTE DOCKER_HOST DOCKER_CONFIG GIT_SSH_COMMAND GIT_CONFIG_COUNT
    SSH_AUTH_SOCK LD_PRELOAD DYLD_INSERT_LIBRARIES GODEBUG GOPROXY SSL_CERT_FILE XDG_CONFIG_HOME OTEL_EXPORTER_OTLP_ENDPOINT PATH HOME
    TMPDIR SHELL NODE_OPTIONS BUILDKIT_HOST BUILDX_BUILDER HTTP_PROXY https_proxy No_Proxy ALL_PROXY`;
  for (const name of control.split(/\s+/)) {
    it(`${name} is refused in .env, with its line`, () => {
      const { problems, values } = dotEnv(`A=1\n${name}=x\n`);
      assert.deepEqual(
        problems.map(({ reason, file, line, message }) => [reason, file, line, message]),
        [
          [
            'ControlKey',
            'a/.env',
            2,
            `${name}: this name would be taken for a setting of Compose or git, not of your services.`,
          ],
        ],
      );
      assert.deepEqual(values, { A: '1' });
    });
  }

  it('ordinary names are not', () => {
    for (const name of [
      'GOOGLE_CLIENT_ID',
      'GOTIFY_TOKEN',
      'NODE_ENV',
      'DB_PATH',
      'TZ',
      'PUID',
      'DOMAIN',
      'COMPOSER',
      'GITEA_URL',
      'LDAP_HOST',
      'SSHD_PORT',
    ]) {
      assert.equal(isControlKey(name), false, name);
    }
  });

  it('are refused in env_file and in the manifest, at its line', () => {
    const { problems } = composeEnvironment({
      environment: { DOCKER_HOST: 'tcp://x' },
      place,
      envFiles: [{ file: 'e.env', text: 'export PATH=/x' }],
      dotEnv: null,
    });
    assert.deepEqual(
      problems.map(({ file, line, reason }) => [file, line, reason]),
      [
        ['stack.yaml', 7, 'ControlKey'],
        ['e.env', 1, 'ControlKey'],
      ],
    );
  });
});

describe('values', () => {
  it('of the manifest win over its env files, the later over the earlier, these over .env', () => {
    const { values } = composeEnvironment({
      environment: { A: 'manifest' },
      place,
      envFiles: [
        { file: '1.env', text: 'A=1\nB=1\nC=1' },
        { file: '2.env', text: 'B=2\nD=${C}+${A}' },
      ],
      dotEnv: { file: '.env', text: "A=0\nC=0\nE='$x'\nF=${E}" },
    });
    assert.deepEqual(values, { A: 'manifest', B: '2', C: '1', D: '1+manifest', E: '$x', F: '$x' });
  });

  it('keep references to secrets as they are', () => {
    assert.equal(dotEnv('P=a-${secret:db}').values.P, 'a-${secret:db}');
  });

  it('that cannot be read are a problem at their line', () => {
    const { problems } = dotEnv('A=1\nB="never closed\n');
    assert.deepEqual(
      problems.map(({ file, line, reason }) => [file, line, reason]),
      [['a/.env', 2, 'BadEnvFile']],
    );
  });
});

describe('COMPOSE_PROFILES and COMPOSE_PROJECT_NAME', () => {
  it('are read as data, told, and not given on', () => {
    const { values, profiles, projectName, notices, problems } = dotEnv(
      'COMPOSE_PROFILES=a, b\nCOMPOSE_PROJECT_NAME=my_app\nX=1',
    );
    assert.deepEqual(
      { values, profiles, projectName, problems },
      { values: { X: '1' }, profiles: ['a', 'b'], projectName: 'my_app', problems: [] },
    );
    assert.deepEqual(
      notices.map(({ severity, reason, line }) => [severity, reason, line]),
      [
        ['info', 'ReadAsData', 1],
        ['info', 'ReadAsData', 2],
      ],
    );
  });

  it('a name that no project can have is passed over', () => {
    assert.equal(dotEnv('COMPOSE_PROJECT_NAME=../x').projectName, null);
  });
});
