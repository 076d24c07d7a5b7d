// Tinyforge as a process of its own, as a service manager runs it, on the configuration of a test's controller.
import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { programPath } from '../../../scripts/real-parts/paths.ts';
import type { Config, ProxyConfig } from '../../../src/model/config.ts';
import { until } from './until.ts';

const MAIN = new URL('../../../src/main.ts', import.meta.url).pathname;

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface TinyforgeProcess extends AsyncDisposable {
  readonly pid: number;
  /** All that it has written so far, to both streams. */
  output(): string;
  /** The lines of its log that tell an action, in their order: `workload phase: text` without the time. */
  actions(): string[];
  ended: Promise<Ended>;
  kill(signal: NodeJS.Signals): void;
}

/**
 * Starts `tinyforge ARGS` on this configuration. `onAction` is called with the number of each action's line as it is
 * read (from 1), which is right after the line was written and before or while its effect is had.
 */
export async function startTinyforge(
  config: Config,
  options: {
    args: readonly string[];
    onAction?: (count: number, kill: (signal: NodeJS.Signals) => void) => void;
    env?: Record<string, string>;
  },
): Promise<TinyforgeProcess> {
  const file = join(dirname(config.data), 'tinyforge.yaml');
  await writeFile(file, configText(config));
  const child = spawn(process.execPath, [MAIN, ...options.args, '--file', file, '--no-color'], {
    cwd: dirname(config.data),
    env: { ...process.env, TINYFORGE_COMPOSE: programPath('docker-compose'), ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const kill = (signal: NodeJS.Signals): void => void child.kill(signal);
  let output = '';
  let rest = '';
  const actions: string[] = [];
  const read = (chunk: Buffer): void => {
    output += chunk.toString('utf8');
    rest += chunk.toString('utf8');
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const action = ACTION.exec(line)?.[1];
      // With -v where no terminal is, progress and log tell the same.
      if (action === undefined || actions.includes(action)) continue;
      actions.push(action);
      options.onAction?.(actions.length, kill);
    }
  };
  child.stdout.on('data', read);
  child.stderr.on('data', read);
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }));
    child.once('error', (error) => {
      output += error.message;
      resolve({ code: null, signal: null });
    });
  });
  const endWithUs = (): void => kill('SIGKILL');
  process.once('exit', endWithUs);
  void ended.then(() => process.removeListener('exit', endWithUs));
  return {
    pid: child.pid ?? 0,
    output: () => output,
    actions: () => [...actions],
    ended,
    kill,
    async [Symbol.asyncDispose]() {
      kill('SIGKILL');
      await ended;
    },
  };
}

/** `apply` to its end, however it ends. */
export async function applyOnce(
  config: Config,
  options: Omit<Parameters<typeof startTinyforge>[1], 'args'> = {},
): Promise<Ended & { output: string; actions: string[] }> {
  await using running = await startTinyforge(config, { ...options, args: ['apply', '-v'] });
  const ended = await running.ended;
  return { ...ended, output: running.output(), actions: running.actions() };
}

/** Waits until the process says so, or fails with all it has said. */
export function said(running: TinyforgeProcess, words: RegExp): Promise<true> {
  return until({
    what: `${words}, after:\n${running.output()}`,
    look: () => words.test(running.output()) || undefined,
    timeoutMs: 60_000,
  });
}

const VERBS = [
  ...[
    'adopting',
    'asking',
    'bringing',
    'building (?:in|the)',
    'copying',
    'creating',
    'fetching https?',
    'giving',
  ],
  ...[
    'keeping',
    'letting',
    'not trying',
    'pulling',
    'removing',
    'renaming',
    'routing',
    'starting',
    'stopping',
  ],
  ...['taking', 'waiting', 'watching', 'writing'],
].join('|');

/** `time level workload phase: text` of an action that begins, and not of its progress. */
export const ACTION = new RegExp(
  `^\\S+ info {2}(\\S+ (?:prepare|prove|switch|drain|clean): (?:${VERBS})\\b.*)$`,
);

/** JSON is YAML, so nothing has to be quoted by hand. */
function configText(config: Config): string {
  return JSON.stringify({
    data: config.data,
    listen: `${config.listen.host}:${config.listen.port}`,
    controller:
      config.formerly === undefined
        ? config.controller
        : { name: config.controller, formerly: config.formerly },
    sources: config.sources.map((source) =>
      source.type === 'directory'
        ? {
            name: source.name,
            directory: source.directory,
            discover: source.discover,
            variables: source.variables,
          }
        : {
            name: source.name,
            git: { url: source.url, ref: source.ref, poll: `${source.pollMs}ms` },
            variables: source.variables,
          },
    ),
    engines: config.engines,
    secrets: { files: config.secrets.files },
    site: config.site,
    keep: { revisions: config.keep.revisions, disk: `${config.keep.diskBytes}b` },
    ...(config.proxy === null ? {} : { proxy: proxyText(config.proxy) }),
  });
}

function proxyText({ password, totp, drainMs, subdomain, ...proxy }: ProxyConfig): unknown {
  const reference = (name: string | null) => (name === null ? undefined : `\${secret:${name}}`);
  const said = Object.entries(proxy).filter(([, value]) => value !== null);
  return {
    ...Object.fromEntries(said),
    password: reference(password),
    totp: reference(totp),
    drain: `${drainMs}ms`,
    subdomain: subdomain.replace('.{domain}', ''),
  };
}
