// Control files in memory: they survive a crash of the loop, as the real ones do.
import { createHmac } from 'node:crypto';
import type { QuarantineEntry, Suspension } from '../../src/model/world.ts';
import type { Control, LastApplied } from '../../src/ports/control.ts';

export function createMemoryControl(): Control {
  const quarantine = new Map<string, QuarantineEntry[]>();
  const suspended = new Map<string, Suspension>();
  const applied = new Map<string, LastApplied>();
  return {
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
    lastApplied: (unit) => applied.get(unit) ?? null,
    allLastApplied: () => [...applied.values()],
    saveLastApplied: (entry) => void applied.set(entry.unit, structuredClone(entry)),
    forget(unit) {
      quarantine.delete(unit);
      suspended.delete(unit);
      applied.delete(unit);
    },
    fingerprint: (domain, value) => createHmac('sha256', 'key').update(`${domain}\0${value}`).digest('hex'),
    seal: (_domain, plain) => plain,
    unseal: (_domain, sealed) => sealed,
  };
}
