// The control files in memory: holds that the command line sets and lifts.
import { createHmac } from 'node:crypto';
import type { QuarantineEntry, Suspension } from '../../src/model/world.ts';
import type { Control, LastApplied } from '../../src/ports/control.ts';

export function createMemoryControl(): Control {
  const applied = new Map<string, LastApplied>();
  const suspensions = new Map<string, Suspension>();
  let quarantined: QuarantineEntry[] = [];
  return {
    reload: () => undefined,
    problems: () => [],
    quarantine: (unit) => quarantined.filter((entry) => entry.unit === unit),
    quarantined: () => quarantined,
    addQuarantine: (entry) => void quarantined.push(entry),
    liftQuarantine(unit) {
      const before = quarantined.length;
      quarantined = quarantined.filter((entry) => entry.unit !== unit);
      return quarantined.length < before;
    },
    suspension: (unit) => suspensions.get(unit) ?? null,
    suspensions: () => [...suspensions.values()],
    suspend: (entry) => void suspensions.set(entry.unit, entry),
    resume: (unit) => suspensions.delete(unit),
    lastApplied: (unit) => applied.get(unit) ?? null,
    allLastApplied: () => [...applied.values()],
    saveLastApplied: (entry) => void applied.set(entry.unit, entry),
    forget: (unit) => void applied.delete(unit),
    fingerprint: (domain, value) =>
      createHmac('sha256', 'memory').update(`${domain}\0${value}`).digest('hex'),
    seal: (domain, plain) => Buffer.from(`${domain}\0${plain}`).toString('base64'),
    unseal(domain, sealed) {
      const [opened, plain] = Buffer.from(sealed, 'base64').toString().split('\0');
      return opened === domain && plain !== undefined ? plain : null;
    },
  };
}
