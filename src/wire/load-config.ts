// Reads tinyforge.yaml, the environment and flags from the outside; what they mean is decided in core.
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { readConfig } from '../core/config.ts';
import type { Config } from '../model/config.ts';
import { fault } from '../model/errors.ts';
import type { Problem } from '../model/problem.ts';
import type { ProxyFactory } from '../ports/proxy-provider.ts';
import type { Receiver } from '../ports/receiver.ts';

const DEFAULT_FILES = ['tinyforge.yaml', 'tinyforge.yml', '/etc/tinyforge/tinyforge.yaml'];

export interface LoadOptions {
  file: string | null;
  overrides: Record<string, string>;
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
  receivers: readonly Receiver[];
  proxies: readonly ProxyFactory[];
  /** Takes what is odd and stops nothing, as a line for people. */
  warn: (line: string) => void;
}

/** Faults: ConfigInvalid with each problem as a line of evidence; ConfigMissing for a named file that is not there. */
export function loadConfig({ file, overrides, env, cwd, receivers, proxies, warn }: LoadOptions): Config {
  const named = file ?? env.TINYFORGE_CONFIG ?? null;
  const path = named === null ? findFile(cwd) : resolve(cwd, named);
  if (named !== null && !existsSync(path ?? '')) {
    throw fault({
      code: 'CONFIG_MISSING',
      reason: 'ConfigMissing',
      message: `There is no configuration at ${path}`,
      hint: 'Name the file with --file, or run with --directory DIR or --git URL alone.',
      disposition: 'stalled',
    });
  }
  const { config, problems } = readConfig({
    text: path === null ? null : readFileSync(path, 'utf8'),
    file: path ?? resolve(cwd, 'tinyforge.yaml'),
    cwd,
    environment: withFiles(env),
    overrides,
    senders: receivers.map((receiver) => receiver.sender),
    providers: proxies.map(({ name }) => name),
  });
  if (config !== null) {
    for (const problem of problems) warn(`tinyforge: ${line(problem)}`);
    return config;
  }
  throw fault({
    code: 'CONFIG_INVALID',
    reason: 'ConfigInvalid',
    message: `${problems.length === 1 ? 'One thing' : `${problems.length} things`} in the configuration cannot be used`,
    hint: problems[0]?.hint ?? undefined,
    disposition: 'stalled',
    evidence: problems.map(line),
  });
}

function findFile(cwd: string): string | null {
  return DEFAULT_FILES.map((name) => resolve(cwd, name)).find((path) => existsSync(path)) ?? null;
}

/** TINYFORGE_X_FILE stands for TINYFORGE_X with the content of that file, so that a value need not be in the environment. */
function withFiles(env: LoadOptions['env']): Record<string, string | undefined> {
  const result: Record<string, string | undefined> = { ...env };
  for (const [name, path] of Object.entries(env)) {
    if (!name.startsWith('TINYFORGE_') || !name.endsWith('_FILE') || path === undefined) continue;
    result[name.slice(0, -'_FILE'.length)] ??= readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  }
  return result;
}

function line(problem: Problem): string {
  const place = problem.file === null ? '' : `${problem.file}:${problem.line ?? 1}:${problem.column ?? 1} `;
  return `${place}${problem.message}${problem.hint === null ? '' : ` (${problem.hint})`}`;
}
