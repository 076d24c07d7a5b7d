// The example that starts Tinyforge and its proxy together: read by us as any stack would be, and by the real Compose.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { programPath } from '../../scripts/real-parts/paths.ts';
import { judgeReference, readComposeFile } from '../../src/core/compose-reading.ts';
import { readConfig } from '../../src/core/config.ts';

const EXAMPLES = path.join(import.meta.dirname, '../../examples');
const text = readFileSync(path.join(EXAMPLES, 'compose.yaml'), 'utf8');

interface Resolved {
  services: Record<
    string,
    { networks?: object; network_mode?: string; ports?: { host_ip?: string; published: string }[] }
  >;
  networks: Record<string, { name: string }>;
}

describe('examples/compose.yaml', () => {
  it('is accepted by our own bounded reading: nothing leads out of its folder', () => {
    const file = readComposeFile('compose.yaml', text);
    assert.deepEqual(file.problems, []);
    const named = file.references.flatMap(({ others }) => others);
    assert.deepEqual(
      named.flatMap((reference) => judgeReference(file, reference, '').problem ?? []),
      [],
    );
    assert.ok(named.length >= 2, 'the files of the configuration and of the secrets');
  });

  it('is accepted by Compose, with Tinyforge on the network of the machine and the administration on it alone', async () => {
    const { stdout } = await promisify(execFile)(
      programPath('docker-compose'),
      [
        '--project-directory',
        EXAMPLES,
        '-f',
        path.join(EXAMPLES, 'compose.yaml'),
        '--env-file',
        '/dev/null',
        'config',
        '--format',
        'json',
      ],
      { env: { PATH: '/nowhere', HOME: '/nowhere', DOCKER_HOST: 'unix:///nowhere.sock' } },
    );
    const { services, networks } = JSON.parse(stdout) as Resolved;
    const { npm, tinyforge } = services;
    assert.ok(npm && tinyforge);
    assert.deepEqual(Object.keys(npm.networks ?? {}), ['proxy']);
    assert.equal(tinyforge.network_mode, 'host');
    assert.equal(networks.proxy?.name, 'proxy');
    const open = [npm, tinyforge]
      .flatMap(({ ports = [] }) => ports)
      .filter((port) => port.host_ip !== '127.0.0.1');
    assert.deepEqual(open.map(({ published }) => published).sort(), ['443', '80']);
  });

  it('starts Tinyforge with a configuration that is right', () => {
    const { config, problems } = readConfig({
      text: readFileSync(path.join(EXAMPLES, 'tinyforge-with-npm.yaml'), 'utf8'),
      file: '/etc/tinyforge/tinyforge.yaml',
      cwd: '/',
      environment: {},
      overrides: {},
      senders: [],
      providers: ['nginx-proxy-manager'],
    });
    assert.deepEqual(problems, []);
    assert.equal(config?.proxy?.network, 'proxy');
    assert.equal(config?.sources[0]?.writeBack, 'commit');
  });
});
