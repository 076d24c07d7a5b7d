// Control files in memory, with a fixed key: what one process writes, another one that shares the state sees.
import { createHmac } from 'node:crypto';
import type { Renamed } from '../../src/model/rename.ts';
import type { Hold, Revision } from '../../src/model/revision.ts';
import type { Ejection, QuarantineEntry, Suspension } from '../../src/model/world.ts';
import type { Control, LastApplied } from '../../src/ports/control.ts';

export interface FakeControl extends Control {
  /** Times that anything was really written. */
  writes(): number;
}

export function createFakeControl(): FakeControl {
  const suspended = new Map<string, Suspension>();
  const ejected = new Map<string, Ejection>();
  const bad = new Map<string, QuarantineEntry>();
  const applied = new Map<string, LastApplied>();
  const holds = new Map<string, Hold>();
  const renamed = new Map<string, Renamed>();
  const revisions = new Map<string, Map<number, Revision>>();
  let writes = 0;

  const save = <T>(map: Map<string, T>, key: string, entry: T): void => {
    if (JSON.stringify(map.get(key)) === JSON.stringify(entry)) return;
    map.set(key, structuredClone(entry));
    writes += 1;
  };
  const remove = (map: Map<string, unknown>, key: string): boolean => {
    const wasThere = map.delete(key);
    if (wasThere) writes += 1;
    return wasThere;
  };
  const liftQuarantine = (unit: string): boolean =>
    [...bad.entries()].filter(([, entry]) => entry.unit === unit).map(([key]) => remove(bad, key)).length > 0;
  const hmac = (domain: string, value: string): string =>
    createHmac('sha256', `fake key for ${domain}`).update(value).digest('hex');

  const control: FakeControl = {
    reload: () => undefined,
    problems: () => [],
    quarantine: (unit) => [...bad.values()].filter((entry) => entry.unit === unit),
    quarantined: () => [...bad.values()],
    addQuarantine(entry) {
      const key = JSON.stringify([entry.unit, entry.specHash, entry.digest]);
      save(bad, key, { ...entry, atMs: bad.get(key)?.atMs ?? entry.atMs });
    },
    liftQuarantine,
    suspension: (unit) => suspended.get(unit) ?? null,
    suspensions: () => [...suspended.values()].sort((a, b) => (a.unit < b.unit ? -1 : 1)),
    suspend: (entry) => save(suspended, entry.unit, entry),
    resume: (unit) => remove(suspended, unit),
    ejection: (unit) => ejected.get(unit) ?? null,
    ejections: () => [...ejected.values()].sort((a, b) => (a.unit < b.unit ? -1 : 1)),
    eject: (entry) => save(ejected, entry.unit, entry),
    takeBack: (unit) => remove(ejected, unit),
    lastApplied: (unit) => applied.get(unit) ?? null,
    allLastApplied: () => [...applied.values()],
    saveLastApplied: (entry) => save(applied, entry.unit, entry),
    revisions: (unit) =>
      [...(revisions.get(unit)?.values() ?? [])]
        .filter((entry) => entry.spent !== true)
        .sort((a, b) => b.number - a.number),
    allRevisions: () => [...revisions.values()].flatMap((entries) => [...entries.values()]),
    revision: (unit, number) => revisions.get(unit)?.get(number) ?? null,
    saveRevision(entry) {
      const mine = revisions.get(entry.unit) ?? new Map<number, Revision>();
      revisions.set(entry.unit, mine.set(entry.number, structuredClone(entry)));
      writes += 1;
    },
    async saveConverged(entries) {
      for (const { revision, applied: last } of entries) {
        control.saveRevision(revision);
        if (last !== null) control.saveLastApplied(last);
      }
    },
    dropRevision: (unit, number) => void revisions.get(unit)?.delete(number),
    hold: (unit) => holds.get(unit) ?? null,
    setHold: (entry) => save(holds, entry.unit, entry),
    liftHold: (unit) => remove(holds, unit),
    renamed: (name) => renamed.get(name) ?? null,
    allRenamed: () => [...renamed.values()],
    saveRenamed: (entry) => save(renamed, entry.name, entry),
    dropRenamed: (name) => void remove(renamed, name),
    forget(unit) {
      remove(applied, unit);
      remove(holds, unit);
      liftQuarantine(unit);
    },
    fingerprint: hmac,
    seal: (domain, plain) => `${hmac(domain, plain)}.${Buffer.from(plain).toString('base64url')}`,
    unseal(domain, sealed) {
      const [mac, body = ''] = sealed.split('.');
      const plain = Buffer.from(body, 'base64url').toString();
      return mac === hmac(domain, plain) ? plain : null;
    },
    writes: () => writes,
  };
  return control;
}
