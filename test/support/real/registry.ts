// A real Distribution registry on a loopback port, with notifications and passwords where a test asks for them.
import { mkdir, writeFile } from 'node:fs/promises';
import { programPath } from '../../../scripts/real-parts/paths.ts';
import { makePlace } from './place.ts';
import { freePort, type RunningProgram, startProgram } from './program.ts';

export interface RealRegistry extends AsyncDisposable {
  /** `127.0.0.1:port`, as it stands in front of an image's name. Engines talk plain HTTP to loopback. */
  readonly address: string;
  readonly url: string;
  /** What it asks for, where it was started with `authentication: 'basic'`. */
  readonly credentials: { readonly username: string; readonly password: string };
  /** The digest of a tag as the registry tells it, or undefined when there is no such tag. */
  digestOf(repository: string, tag: string): Promise<string | undefined>;
  /** Takes a manifest away, as a clean-up of old versions does; its tags go with it. */
  removeManifest(repository: string, digest: string): Promise<void>;
  /** The registry is away: connections are refused, the data stays. */
  pause(): Promise<void>;
  /** The registry is back, at the same address. */
  resume(): Promise<void>;
  stop(): Promise<void>;
}

export interface NotificationEndpoint {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const credentials = { username: 'tester', password: 'correct-horse' };

// bcrypt of the password above; the registry takes no other kind.
const passwordHash = '$2y$05$abcdefghijklmnopqrstuuZ0Fx87Pb/Aqb0E90lfvCwzXnaFKUHpS';

/** Starts a registry with empty storage. */
export async function startRegistry(
  options: {
    readonly notifications?: readonly NotificationEndpoint[];
    readonly authentication?: 'none' | 'basic';
  } = {},
): Promise<RealRegistry> {
  const { notifications = [], authentication = 'none' } = options;
  const place = await makePlace('registry');
  const port = await freePort();
  const address = `127.0.0.1:${port}`;
  await mkdir(place.at('storage'));
  await writeFile(place.at('htpasswd'), `${credentials.username}:${passwordHash}\n`);
  // JSON is YAML, so nothing has to be quoted by hand.
  await writeFile(
    place.at('config.yml'),
    JSON.stringify({
      version: 0.1,
      log: { level: 'warn', accesslog: { disabled: true } },
      storage: { filesystem: { rootdirectory: place.at('storage') }, delete: { enabled: true } },
      http: { addr: address, secret: 'only-for-tests' },
      ...(authentication === 'basic'
        ? { auth: { htpasswd: { realm: 'test', path: place.at('htpasswd') } } }
        : {}),
      notifications: { endpoints: notifications.map(endpointSettings) },
    }),
  );
  const start = () =>
    startProgram({ command: programPath('docker-registry'), args: ['serve', place.at('config.yml')], port });
  let running: RunningProgram | undefined = await start();
  const authorization = `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')}`;
  const ask = (method: string, path: string) =>
    fetch(`http://${address}/v2/${path}`, { method, headers: { accept: manifestTypes, authorization } });
  const pause = async () => {
    await running?.end('SIGKILL');
    running = undefined;
  };
  const stop = async () => {
    await pause();
    await place.remove();
  };
  return {
    address,
    url: `http://${address}`,
    credentials,
    async digestOf(repository, tag) {
      const response = await ask('HEAD', `${repository}/manifests/${tag}`);
      return response.ok ? (response.headers.get('docker-content-digest') ?? undefined) : undefined;
    },
    async removeManifest(repository, digest) {
      const response = await ask('DELETE', `${repository}/manifests/${digest}`);
      if (!response.ok) throw new Error(`DELETE of ${repository}@${digest}: ${response.status}`);
    },
    pause,
    async resume() {
      running ??= await start();
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

const manifestTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

function endpointSettings(endpoint: NotificationEndpoint, index: number) {
  const headers = Object.entries(endpoint.headers ?? {}).map(([name, value]) => [name, [value]]);
  return {
    name: `endpoint-${index}`,
    url: endpoint.url,
    headers: Object.fromEntries(headers),
    timeout: '2s',
    threshold: 3,
    backoff: '1s',
  };
}
