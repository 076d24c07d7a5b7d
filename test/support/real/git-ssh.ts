// Serves git repositories over ssh with a real sshd on loopback, which leaves the machine's own accounts and ssh alone.
import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { programPath } from '../../../scripts/real-parts/paths.ts';
import { makePlace, type Place } from './place.ts';
import { freePort, startProgram } from './program.ts';

const run = promisify(execFile);

export interface GitSshServer extends AsyncDisposable {
  /** `ssh://git@127.0.0.1:port/…/NAME.git` */
  urlOf(repositoryName: string): string;
  /** The private key that may log in; one that may not is in `strangerKeyFile`. */
  readonly keyFile: string;
  readonly strangerKeyFile: string;
  /** A known_hosts file with the server's host key. */
  readonly knownHostsFile: string;
  /** The same with another key for this host, as after an attack or a reinstallation. */
  readonly wrongKnownHostsFile: string;
  stop(): Promise<void>;
}

/** Serves the repositories of a folder to one key. Needs root: sshd gets a user and a /run of its own in a mount namespace. */
export async function serveGitOverSsh(options: { readonly folder: string }): Promise<GitSshServer> {
  const { folder } = options;
  const place = await makePlace('sshd');
  const port = await freePort();
  const keys = ['host', 'client', 'stranger'] as const;
  for (const key of keys)
    await run(programPath('ssh-keygen'), ['-q', '-t', 'ed25519', '-N', '', '-C', key, '-f', place.at(key)]);
  const publicKey = async (key: (typeof keys)[number]) =>
    (await readFile(place.at(`${key}.pub`), 'utf8')).split(' ').slice(0, 2).join(' ');
  await writeFile(place.at('authorized_keys'), `${await publicKey('client')}\n`);
  await writeFile(place.at('known_hosts'), `[127.0.0.1]:${port} ${await publicKey('host')}\n`);
  await writeFile(place.at('wrong_known_hosts'), `[127.0.0.1]:${port} ${await publicKey('stranger')}\n`);
  await writeSettings(place, port);
  const program = await startProgram({
    command: 'unshare',
    args: ['--mount', '--propagation', 'private', 'sh', place.at('start')],
    port,
  });
  const stop = async () => {
    await program.end();
    await place.remove();
  };
  return {
    urlOf: (name) => `ssh://git@127.0.0.1:${port}${join(folder, `${name}.git`)}`,
    keyFile: place.at('client'),
    strangerKeyFile: place.at('stranger'),
    knownHostsFile: place.at('known_hosts'),
    wrongKnownHostsFile: place.at('wrong_known_hosts'),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

async function writeSettings(place: Place, port: number): Promise<void> {
  await mkdir(place.at('home'));
  const settings = [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${place.at('host')}`,
    `AuthorizedKeysFile ${place.at('authorized_keys')}`,
    'PidFile none',
    'UsePAM no',
    'StrictModes no',
    'PasswordAuthentication no',
    'PermitRootLogin prohibit-password',
    'AllowUsers git',
  ];
  await writeFile(place.at('sshd_config'), `${settings.join('\n')}\n`);
  // sshd insists on a user called sshd and on a folder of root's in /run; only this process and its children see them.
  const accounts = [
    'root:x:0:0:root:/root:/bin/sh',
    'sshd:*:65533:65534::/run/sshd:/bin/false',
    `git:*:0:0::${place.at('home')}:/bin/sh`,
  ];
  await writeFile(place.at('passwd'), `${accounts.join('\n')}\n`);
  const script = [
    'set -e',
    `mount --bind '${place.at('passwd')}' /etc/passwd`,
    'mount -t tmpfs none /run',
    'mkdir -m 755 /run/sshd',
    `exec '${programPath('sshd')}' -D -e -f '${place.at('sshd_config')}'`,
  ];
  await writeFile(place.at('start'), `${script.join('\n')}\n`);
}
