// How one call proves who we are: a header for one host, or a key in a file that lives as long as the call.
import { join } from 'node:path';
import { fault } from '../../model/errors.ts';
import type { Secrets } from '../../ports/secrets.ts';
import type { RemoteAddress } from './address.ts';
import type { GitSettings } from './environment.ts';
import type { Scratch } from './scratch.ts';

export interface Access {
  settings: GitSettings;
  extra: Record<string, string>;
}

export interface AccessOptions {
  address: RemoteAddress;
  /** Name of the secret; null for none. */
  credential: string | null;
  /** Known hosts files for ssh; none for the user's and the system's own. */
  knownHosts: readonly string[];
  secrets: Pick<Secrets, 'get'>;
  scratch: Scratch;
}

const KEY_BEGIN = '-----BEGIN ';

/**
 * What a call to the outside needs. Nothing of it is on a command line or in a repository's config: a token travels in
 * the environment of that one child, bound to the origin of the address; a key lies in the scratch folder.
 * Throws the fault SecretMissing (stalled) when the credential has no value.
 */
export async function grantAccess(options: AccessOptions): Promise<Access> {
  const { address, credential } = options;
  const secret = credential === null ? null : secretOf(credential, options.secrets);
  if (secret !== null) refuseMixUp(address, secret.startsWith(KEY_BEGIN));
  if (address.protocol === 'file') return await localAccess(options);
  if (address.protocol === 'ssh') return await sshAccess(secret, options);
  if (secret === null || address.origin === null) return { settings: [], extra: {} };
  const pair = secret.includes(':') ? secret : `x-access-token:${secret}`;
  const header = `Authorization: Basic ${Buffer.from(pair, 'utf8').toString('base64')}`;
  return { settings: [[`http.${address.origin}.extraHeader`, header]], extra: {} };
}

/** git refuses to read a local repository of another user unless its exact path is named in the user's own config. */
async function localAccess({ address, scratch }: AccessOptions): Promise<Access> {
  const directories = [address.shown, join(address.shown, '.git')];
  const lines = directories.map((directory) => `\tdirectory = ${JSON.stringify(directory)}\n`);
  const file = await scratch.write('gitconfig', `[safe]\n${lines.join('')}`);
  return { settings: [], extra: { GIT_CONFIG_GLOBAL: file } };
}

async function sshAccess(secret: string | null, options: AccessOptions): Promise<Access> {
  const { scratch, knownHosts } = options;
  const lines = [
    'BatchMode yes',
    'StrictHostKeyChecking yes',
    'UpdateHostKeys no',
    'ForwardAgent no',
    'ClearAllForwardings yes',
    'PermitLocalCommand no',
    'ControlMaster no',
    'ControlPath none',
    'ConnectTimeout 15',
    'ServerAliveInterval 10',
    'ServerAliveCountMax 3',
    'LogLevel ERROR',
  ];
  if (knownHosts.length > 0)
    lines.push(`UserKnownHostsFile ${knownHosts.map(quoted).join(' ')}`, 'GlobalKnownHostsFile /dev/null');
  if (secret !== null) {
    // A key copied through a form often has Windows line ends, or has lost its last line break: ssh refuses both.
    const key = `${secret.replaceAll('\r\n', '\n').trimEnd()}\n`;
    lines.push(
      `IdentityFile ${quoted(await scratch.write('key', key))}`,
      'IdentitiesOnly yes',
      'IdentityAgent none',
    );
  }
  const file = await scratch.write('ssh_config', `${lines.join('\n')}\n`);
  // git hands this to a shell; the path is ours and has nothing in it that a shell would see.
  return { settings: [], extra: { GIT_SSH_COMMAND: `ssh -F ${file}`, GIT_SSH_VARIANT: 'ssh' } };
}

function secretOf(name: string, secrets: Pick<Secrets, 'get'>): string {
  const value = secrets.get(name)?.trim() ?? '';
  if (value === '') {
    throw fault({
      code: 'SECRET_MISSING',
      reason: 'SecretMissing',
      message: `There is no secret named ${name}, which this source needs as its credential.`,
      hint: `Put it into the secrets folder, or set TINYFORGE_SECRET_${name.toUpperCase().replaceAll(/\W/g, '_')}.`,
      disposition: 'stalled',
    });
  }
  // A line break in a token would add a header of its own to each request.
  if (/[\r\n]/.test(value) && !value.startsWith(KEY_BEGIN)) {
    throw unfit('has several lines and is not a private key');
  }
  return value;
}

/** A private key sent as a password would be given away; a token as a key only fails, with a sentence nobody gets. */
function refuseMixUp(address: RemoteAddress, isKey: boolean): void {
  if (address.protocol === 'ssh' && !isKey) throw unfit('is not a private key, which ssh needs');
  if (address.origin !== null && isKey) throw unfit('is a private key; over https a token is needed');
}

function unfit(why: string): Error {
  return fault({
    code: 'CREDENTIAL_UNFIT',
    reason: 'CredentialUnfit',
    message: `The credential of this source ${why}.`,
    hint: 'Give a private key for ssh, `user:token` or a token for https.',
    disposition: 'stalled',
  });
}

/** A path in ssh's config: quoted, and with its percent tokens and variables off. */
function quoted(path: string): string {
  return `"${path.replaceAll('%', '%%')}"`;
}
