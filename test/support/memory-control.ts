// Control files in memory: they survive a crash of the loop, as the real ones do.
import { createHmac } from 'node:crypto';
import type { Renamed } from '../../src/model/rename.ts';
import type { Hold, Revision } from '../../src/model/revision.ts';
import type { Ejection, QuarantineEntry, Suspension } from '../../src/model/world.ts';
import type { Control, LastApplied } from '../../src/ports/control.ts';

export function createMemoryControl(): Control {
  const quarantine = new Map<string, QuarantineEntry[]>();
  const suspended = new Map<string, Suspension>();
  const ejected = new Map<string, Ejection>();
  const applied = new Map<string, LastApplied>();
  const holds = new Map<string, Hold>();
  const renamed = new Map<string, Renamed>();
  const revisions = new Map<string, Map<number, Revision>>();
  const control: Control = {
    reload: () => {},
    problems: () => [],
    quarantine: (unit) => quarantine.get(unit) ?? [],
    quarantined: () => [...quarantine.values()].flat(),
    addQuarantine: (entry) => void quarantine.set(entry.unit, [...(quarantine.get(entry.unit) ?? []), entry]),
    liftQuarantine: (unit) => quarantine.delete(unit),
    suspension: (unit) => suspended.get(unit) ?? null,
    suspensions: () => [...suspended.values()],
    suspend: (entry) => void suspended.set(entry.unit, entry),
    resume: (unit) => suspended.delete(unit),
    ejection: (unit) => ejected.get(unit) ?? null,
    ejections: () => [...ejected.values()],
    eject: (entry) => void ejected.set(entry.unit, entry),
    takeBack: (unit) => ejected.delete(unit),
    lastApplied: (unit) => applied.get(unit) ?? null,
    allLastApplied: () => [...applied.values()],
    saveLastApplied: (entry) => void applied.set(entry.unit, structuredClone(entry)),
    revisions: (unit) =>
      [...(revisions.get(unit)?.values() ?? [])]
        .filter((entry) => entry.spent !== true)
        .sort((a, b) => b.number - a.number),
    allRevisions: () => [...revisions.values()].flatMap((entries) => [...entries.values()]),
    revision: (unit, number) => revisions.get(unit)?.get(number) ?? null,
    saveRevision(entry) {
      const mine = revisions.get(entry.unit) ?? new Map<number, Revision>();
      revisions.set(entry.unit, mine.set(entry.number, structuredClone(entry)));
    },
    async saveConverged(entries) {
      for (const { revision, applied: last } of entries) {
        control.saveRevision(revision);
        if (last !== null) control.saveLastApplied(last);
      }
    },
    dropRevision: (unit, number) => void revisions.get(unit)?.delete(number),
    hold: (unit) => holds.get(unit) ?? null,
    setHold: (entry) => void holds.set(entry.unit, structuredClone(entry)),
    liftHold: (unit) => holds.delete(unit),
    renamed: (name) => renamed.get(name) ?? null,
    allRenamed: () => [...renamed.values()],
    saveRenamed: (entry) => void renamed.set(entry.name, structuredClone(entry)),
    dropRenamed: (name) => void renamed.delete(name),
    forget(unit) {
      quarantine.delete(unit);
      suspended.delete(unit);
      applied.delete(unit);
      holds.delete(unit);
    },
    fingerprint: (domain, value) => createHmac('sha256', 'key').update(`${domain}\0${value}`).digest('hex'),
    seal: (_domain, plain) => plain,
    unseal: (_domain, sealed) => sealed,
  };
  return control;
}
