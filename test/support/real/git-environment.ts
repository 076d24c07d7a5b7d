// The environment in which tests run git: no configuration of the machine, no prompt, and dates that count up by a minute.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

const firstCommitAt = Date.UTC(2026, 0, 1, 12, 0, 0);
let commitsMade = 0;

/** Runs git and answers with its trimmed output. Throws with git's own words. */
export async function git(args: readonly string[], directory: string): Promise<string> {
  const { stdout } = await run('git', args, {
    cwd: directory,
    env: gitEnvironment(),
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout.trim();
}

/** As {@link git}, at a date one minute later than the call before: two commits never have the same second. */
export function gitAtNextMinute(args: readonly string[], directory: string): Promise<string> {
  commitsMade += 1;
  const date = new Date(firstCommitAt + commitsMade * 60_000).toISOString();
  const dated = { ...gitEnvironment(), GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date };
  return run('git', args, { cwd: directory, env: dated }).then(({ stdout }) => stdout.trim());
}

export function gitEnvironment(): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    HOME: '/nonexistent',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    GIT_AUTHOR_NAME: 'Ada Test',
    GIT_AUTHOR_EMAIL: 'ada@example.com',
    GIT_COMMITTER_NAME: 'Ada Test',
    GIT_COMMITTER_EMAIL: 'ada@example.com',
  };
}
