// A git source over a real repository, with the settings that most tests want and a data directory of its own.
import { createSystemClock } from '../../src/adapters/clock/system-clock.ts';
import { createGitSource } from '../../src/adapters/git/git-source.ts';
import type { TreeLimits } from '../../src/core/tree-limits.ts';
import type { GitSourceConfig } from '../../src/model/config.ts';
import type { Problem } from '../../src/model/problem.ts';
import type { SourceSnapshot } from '../../src/model/source.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Source } from '../../src/ports/source.ts';
import { createMemoryLog, type MemoryLog } from './memory-log.ts';
import type { Place } from './real/place.ts';

export const never = new AbortController().signal;

export interface GitSourceRig {
  source: Source;
  log: MemoryLog;
  dataDirectory: string;
}

export function gitConfig(change: Partial<GitSourceConfig> & { url: string }): GitSourceConfig {
  return {
    type: 'git',
    name: 'home',
    ref: 'main',
    path: '',
    pollMs: 60_000,
    credential: null,
    knownHosts: null,
    allowedSigners: null,
    writeBack: 'commit',
    variables: {},
    ...change,
  };
}

/** Calling it twice for one place is a restart of the controller: the data directory stays. */
export function startGitSource(
  place: Place,
  options: Partial<GitSourceConfig> & {
    url: string;
    secrets?: Readonly<Record<string, string>>;
    clock?: Clock;
    limits?: TreeLimits;
  },
): GitSourceRig {
  const { secrets = {}, clock = createSystemClock(), limits, ...config } = options;
  const log = createMemoryLog();
  const dataDirectory = place.at('data');
  const redact = (text: string) =>
    Object.entries(secrets).reduce((rest, [name, value]) => rest.replaceAll(value, `(secret ${name})`), text);
  const source = createGitSource({
    config: gitConfig(config),
    dataDirectory,
    secrets: { get: (name) => secrets[name] ?? null, redact },
    clock,
    log,
    ...(limits === undefined ? {} : { limits }),
  });
  return { source, log, dataDirectory };
}

/** Looks at the outside, then reads. */
export async function refreshed(source: Source): Promise<Awaited<ReturnType<Source['read']>>> {
  await source.refresh(never);
  return await source.read(never);
}

/** Path → text, for comparing. */
export function textsOf(snapshot: SourceSnapshot | null): Record<string, string | null> {
  return Object.fromEntries((snapshot?.files ?? []).map((file) => [file.path, file.text]));
}

/** The parts of a problem that tests compare. */
export function sentencesOf(problem: Problem | null): string[] {
  if (problem === null) return [];
  return [problem.reason, problem.message, problem.effect ?? '-', problem.hint ?? '-', problem.next ?? '-'];
}
