// The git repositories of sites, each a source of its own that nobody reads manifests from.
import { shortHash } from '../core/canonical.ts';
import type { GitSourceConfig } from '../model/config.ts';
import type { GitContent } from '../model/desired.ts';
import type { Clock } from '../ports/clock.ts';
import type { Repositories } from '../ports/repositories.ts';
import type { Source } from '../ports/source.ts';

/** The first look is made within a pass: a host that does not answer may not hold it for long. */
const FIRST_LOOK_MS = 30_000;
/** What no site has asked for since is watched no more. */
const UNUSED_MS = 3_600_000;

interface Entry {
  config: GitSourceConfig;
  source: Source;
  opened: Promise<void>;
  usedMs: number;
  stop: (() => Promise<void>) | null;
}

export function createRepositories({
  open,
  clock,
}: {
  open: (config: GitSourceConfig) => Source;
  clock: Pick<Clock, 'nowMs'>;
}): Repositories {
  const entries = new Map<string, Entry>();
  let onMove: ((why: string) => void) | null = null;

  function entryOf(content: GitContent, signal: AbortSignal): Entry {
    const config = configOf(content);
    const known = entries.get(config.name);
    if (known !== undefined) return known;
    const source = open(config);
    const limit = AbortSignal.any([signal, AbortSignal.timeout(FIRST_LOOK_MS)]);
    // What a watcher does at once would otherwise run beside the first look.
    const opened = source.refresh(limit).catch(() => {
      signal.throwIfAborted();
    });
    const entry: Entry = { config, source, opened, usedMs: clock.nowMs(), stop: null };
    entries.set(config.name, entry);
    return entry;
  }

  function watchOne(entry: Entry): void {
    if (onMove === null || entry.stop !== null) return;
    const { url } = entry.config;
    entry.stop = entry.source.watch((why) => onMove?.(`${why} of ${url}`));
  }

  async function close(entry: Entry): Promise<void> {
    const { stop } = entry;
    entry.stop = null;
    await stop?.();
  }

  function closeUnused(): void {
    for (const [name, entry] of entries) {
      if (clock.nowMs() - entry.usedMs <= UNUSED_MS) continue;
      entries.delete(name);
      void close(entry);
    }
  }

  return {
    async read(content, signal) {
      const entry = entryOf(content, signal);
      entry.usedMs = clock.nowMs();
      closeUnused();
      await entry.opened;
      watchOne(entry);
      const { snapshot, problem } = await entry.source.read(signal);
      const revision = snapshot?.revision ?? null;
      const state = snapshot === null || revision === null ? null : { root: snapshot.root, revision };
      return { state, problem };
    },
    watch(onChange) {
      onMove = onChange;
      for (const entry of entries.values()) watchOne(entry);
      return async () => {
        onMove = null;
        await Promise.all([...entries.values()].map(close));
      };
    },
    async refresh(names, signal) {
      const meant = [...entries.values()].filter(({ config }) => names.includes(config.name));
      await Promise.allSettled(meant.map(({ source }) => source.refresh(signal)));
    },
    configs: () => [...entries.values()].map(({ config }) => config),
  };
}

/** Two sites that want the same share it. The name cannot be one of a source: those have no underscore. */
function configOf({ url, ref, path, pollMs, credential }: GitContent): GitSourceConfig {
  return {
    type: 'git',
    name: `content_${shortHash({ url, ref, path, pollMs, credential }).slice(0, 16)}`,
    url,
    ref,
    path,
    pollMs,
    credential,
    knownHosts: null,
    allowedSigners: null,
    writeBack: 'off',
    variables: {},
  };
}
