// Rows of `cache`: small facts that may be lost at any time.
import type { Database } from 'better-sqlite3';
import type { Store } from '../../ports/store.ts';
import type { Transactions } from './transactions.ts';

export function createCache(
  db: Database,
  { transaction, write }: Transactions,
): Pick<Store, 'cacheGet' | 'cacheSet' | 'cacheKeep'> {
  const get = db.prepare<[string], { value: string }>('SELECT value FROM cache WHERE key = ?');
  const set = db.prepare(
    'INSERT INTO cache (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
  );
  // Not LIKE: a prefix may hold its wildcards.
  const withPrefix = db.prepare<[string, string], { key: string }>(
    'SELECT key FROM cache WHERE substr(key, 1, length(?)) = ?',
  );
  const remove = db.prepare('DELETE FROM cache WHERE key = ?');

  function cacheGet(key: string): string | null {
    return get.get(key)?.value ?? null;
  }

  function cacheSet(key: string, value: string): void {
    if (cacheGet(key) !== value) write(() => set.run(key, value));
  }

  function cacheKeep(prefix: string, keys: readonly string[]): void {
    const kept = new Set(keys);
    const stale = withPrefix.all(prefix, prefix).filter(({ key }) => !kept.has(key));
    transaction(() => {
      for (const { key } of stale) write(() => remove.run(key));
    });
  }

  return { cacheGet, cacheSet, cacheKeep };
}
