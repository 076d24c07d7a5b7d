// Lets a commit pass only when git itself says that one of the allowed signers has signed it.
import { execFile } from 'node:child_process';
import { access, constants, readFile } from 'node:fs/promises';
import { contentStamp, printable } from '../../core/source-file.ts';
import { fault } from '../../model/errors.ts';
import { gitEnvironment } from './environment.ts';

/** Changes when the file of allowed signers does, so that a commit refused before is looked at again. */
export async function signersStamp(file: string): Promise<string> {
  return await readFile(file).then(contentStamp, () => 'unreadable');
}

/**
 * Resolves with the principal when the commit is signed with ssh by an allowed signer, at a time when they were allowed.
 * Throws CommitUntrusted, SignersUnreadable (both stalled). Run by execFile, not through simple-git, which has resolved
 * on unsigned commits; and an exit code of 0 alone is not enough: git also has "good, but of nobody I know".
 */
export async function verifySignature(options: {
  mirror: string;
  revision: string;
  allowedSigners: string;
  signal: AbortSignal;
}): Promise<string> {
  const { mirror, revision, allowedSigners, signal } = options;
  await access(allowedSigners, constants.R_OK).catch(() => {
    throw signersUnreadable(allowedSigners);
  });
  const environment = gitEnvironment({
    gitDirectory: mirror,
    protocol: null,
    settings: [
      ['gpg.format', 'ssh'],
      ['gpg.ssh.allowedSignersFile', allowedSigners],
      ['gpg.minTrustLevel', 'fully'],
    ],
  });
  const { exitCode, said } = await run(['verify-commit', '--raw', revision], { mirror, environment, signal });
  const good = /^Good "git" signature for (\S.*) with \S+ key \S+$/m.exec(said)?.[1];
  if (exitCode !== 0 || good === undefined) throw untrusted(revision, said);
  return printable(good);
}

function run(
  args: readonly string[],
  {
    mirror,
    environment,
    signal,
  }: { mirror: string; environment: Record<string, string>; signal: AbortSignal },
): Promise<{ exitCode: number; said: string }> {
  return new Promise((resolve, reject) => {
    const options = {
      cwd: mirror,
      env: environment,
      timeout: 30_000,
      killSignal: 'SIGKILL',
      signal,
    } as const;
    execFile('git', [...args], options, (error, _stdout, stderr) => {
      if (signal.aborted) reject(signal.reason);
      else resolve({ exitCode: error === null ? 0 : 1, said: stderr });
    });
  });
}

function untrusted(revision: string, said: string): Error {
  const short = revision.slice(0, 7);
  const why = /^Good "git" signature with/m.test(said)
    ? 'is signed, but not by an allowed signer'
    : /signature/i.test(said)
      ? 'has a signature that does not hold'
      : 'is not signed with ssh';
  return fault({
    code: 'COMMIT_UNTRUSTED',
    reason: 'CommitUntrusted',
    message: `Commit ${short} ${why}, so it is not applied.`,
    hint: 'Sign it with an allowed key (`git commit -S --amend`), or add its signer to `allowed_signers`.',
    disposition: 'stalled',
  });
}

function signersUnreadable(file: string): Error {
  return fault({
    code: 'SIGNERS_UNREADABLE',
    reason: 'SignersUnreadable',
    message: `The file of allowed signers cannot be read (${file}), so no new commit is applied.`,
    hint: 'Give the controller the right to read it, or correct `allowed_signers`.',
    disposition: 'stalled',
  });
}
