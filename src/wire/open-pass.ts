// A loop of its own in this process: for `run` and `apply` with the data directory's lock, for `plan` and `diff` without.
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Lock, takeLock } from '../adapters/lock/take-lock.ts';
import { createMachine } from '../adapters/machine/create-machine.ts';
import { openScratchStore } from '../adapters/sqlite/open-store.ts';
import { doctor } from '../engine/doctor.ts';
import { createLoop } from '../engine/loop.ts';
import type { Config } from '../model/config.ts';
import type { Pass, PassWish } from '../ports/session.ts';
import { type Adapters, openAdapters, openIndex } from './adapters.ts';
import { createProxyAdmin } from './create-proxy-admin.ts';
import { NO_METRICS, openMetrics } from './open-metrics.ts';
import { readOnlyStore } from './read-only-store.ts';
import type { Surroundings } from './surroundings.ts';

export async function openPass(
  config: Config,
  surroundings: Surroundings,
  { write, serve = false }: PassWish,
): Promise<Pass> {
  mkdirSync(config.data, { recursive: true, mode: 0o700 });
  const lock = write ? takeLock(config.data) : null;
  try {
    return await openWith(config, surroundings, { write, serve, lock });
  } catch (error) {
    lock?.release();
    throw error;
  }
}

async function openWith(
  config: Config,
  surroundings: Surroundings,
  { write, serve, lock }: { write: boolean; serve: boolean; lock: Lock | null },
): Promise<Pass> {
  const store = write ? openIndex(config, { readOnly: false }) : lookOnly(config);
  const metrics = serve ? await openMetrics(config, store) : NO_METRICS;
  const adapters = await openAdapters(config, surroundings, { store, metrics });
  const loop = createLoop(adapters);
  return {
    config,
    controller: loop,
    store,
    control: adapters.control,
    secrets: adapters.secrets,
    async plan({ prune }) {
      await getReady(adapters);
      return loop.look({ prune: prune ? 'given' : 'none', signal: new AbortController().signal });
    },
    desired: (unit) => loop.wish()?.units.find((entry) => entry.unit === unit) ?? null,
    async apply({ prune, units, signal, onChange }) {
      const stop = loop.subscribe(onChange);
      try {
        await getReady(adapters);
        await loop.settle({ prune: prune ? 'given' : 'none', units, signal });
        return loop.overview();
      } finally {
        stop();
      }
    },
    async serve(signal) {
      // Loaded when it is served: a command that makes one pass does without.
      const { openHttp } = await import('./open-http.ts');
      const http = await openHttp({ adapters, loop });
      try {
        await adapters.findReaches();
        await loop.serve(signal);
      } finally {
        await http.close();
      }
    },
    doctor: () => doctor({ ...adapters, machine: createMachine({ path: surroundings.env.PATH }) }),
    async edit(request) {
      const { createDesiredEdits } = await import('../engine/edits/edit-desired.ts');
      await Promise.all(adapters.sources.map((source) => source.refresh(request.signal)));
      await loop.look({ prune: 'none', signal: request.signal });
      // Nobody runs who could look sooner.
      return createDesiredEdits({ ...adapters, wish: loop.wish, trigger: () => {} }).edit(request);
    },
    createProxyAdmin: (signal) => createProxyAdmin(adapters.proxy, signal),
    fileText: (source, file) =>
      loop
        .wish()
        ?.snapshots.find((snapshot) => snapshot.source === source)
        ?.files.find((entry) => entry.path === file)?.text ?? null,
    async close() {
      adapters.close();
      store.close();
      lock?.release();
    },
  };
}

/** A single pass has no watcher that fetches beside it: the sources are asked now. */
async function getReady(adapters: Adapters): Promise<void> {
  const signal = AbortSignal.timeout(120_000);
  await Promise.all([adapters.findReaches(), ...adapters.sources.map((source) => source.refresh(signal))]);
}

function lookOnly(config: Config): Pass['store'] {
  const file = join(config.data, 'index.db');
  const index = existsSync(file) ? openIndex(config, { readOnly: true }) : null;
  return readOnlyStore(index, openScratchStore());
}
