// Runs the command line on fakes and keeps what a person would see, in the order of writing.
import { type CliOptions, runCli } from '../../src/cli/index.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Workplace } from '../../src/ports/workplace.ts';
import { createFakeClock } from './fake-clock.ts';
import { createFakeSessions, type House } from './fake-sessions.ts';
import { createFakeWorkplace } from './fake-workplace.ts';
import { NOW_MS } from './sample-status.ts';

export interface Look {
  /** `pipe`: neither stream is a terminal. */
  terminal: 'both' | 'stderr' | 'pipe';
  columns?: number;
  env?: Record<string, string>;
}

export const LOOKS: Readonly<Record<'pipe' | 'tty80' | 'tty120', Look>> = {
  pipe: { terminal: 'pipe' },
  tty80: { terminal: 'both', columns: 80, env: { NO_COLOR: '1' } },
  tty120: { terminal: 'both', columns: 120 },
};

export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
  /** Both streams as they came, colour codes made visible, and the exit code. */
  transcript: string;
}

export interface RunOptions {
  look?: Look;
  clock?: Clock;
  signal?: AbortSignal;
  fetch?: typeof fetch;
  workplace?: Workplace;
}

/** Where no controller answers. */
export const nobody: typeof fetch = async () => {
  throw new TypeError('fetch failed');
};

export interface Asked {
  url: string;
  body: Record<string, unknown>;
  headers: Record<string, string>;
}

/** A controller that answers everything well and remembers what it was asked. */
export function somebody(asked: Asked[] = []): typeof fetch {
  return async (url, init) => {
    const body = typeof init?.body === 'string' ? (JSON.parse(init.body) as Record<string, unknown>) : {};
    asked.push({ url: String(url), body, headers: { ...(init?.headers as Record<string, string>) } });
    return Response.json({ success: true, data: { kind: 'Sync', settled: body.wait === true } });
  };
}

export async function cli(house: House, argv: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const look = options.look ?? LOOKS.pipe;
  const written: { to: 'stdout' | 'stderr'; text: string }[] = [];
  const stream = (to: 'stdout' | 'stderr') => ({
    write: (text: string) => written.push({ to, text }),
    isTTY: look.terminal === 'both' || look.terminal === to,
    columns: look.columns,
  });
  const wish: CliOptions = {
    argv,
    env: { LANG: 'en_US.UTF-8', TERM: 'xterm', TZ: 'Europe/Vienna', USER: 'admin', ...look.env },
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    sessions: createFakeSessions(house),
    workplace: options.workplace ?? createFakeWorkplace(),
    clock: options.clock ?? createFakeClock({ startMs: NOW_MS }),
    signal: options.signal ?? new AbortController().signal,
    version: '0.1.0',
    cwd: '/srv',
    fetch: options.fetch ?? nobody,
  };
  const code = await runCli(wish);
  const of = (to: 'stdout' | 'stderr') =>
    written
      .filter((one) => one.to === to)
      .map((one) => one.text)
      .join('');
  return { code, stdout: of('stdout'), stderr: of('stderr'), transcript: transcript(argv, written, code) };
}

function transcript(argv: readonly string[], written: { to: string; text: string }[], code: number): string {
  let text = `$ tinyforge ${argv.map((word) => (/\s/.test(word) ? `'${word}'` : word)).join(' ')}\n`;
  let last = '';
  for (const one of written) {
    if (one.to !== last) text += `[${one.to}]\n`;
    last = one.to;
    text += one.text.replaceAll('\x1b', '␛');
  }
  return `${text}[exit ${code}]\n`;
}
