// What must survive the database: suspensions, ejections, quarantine, rollbacks and applied state, one small file each.
import { createHash } from 'node:crypto';
import { chmodSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Problem } from '../../model/problem.ts';
import type { Ejection, QuarantineEntry, Suspension } from '../../model/world.ts';
import type { Control } from '../../ports/control.ts';
import { openKey } from './control-key.ts';
import { damageProblem } from './damage-problem.ts';
import {
  parseEjection,
  parseHold,
  parseLastApplied,
  parseQuarantine,
  parseRenamed,
  parseSuspension,
  unitOfFile,
} from './entries.ts';
import { withControlFault } from './faults.ts';
import { encodeUnit } from './file-name.ts';
import { type Damaged, openFolder } from './folder.ts';
import { openRevisions } from './revisions.ts';

/**
 * Opens the files below `directory` (0700, files 0600); nothing is created before the first write. A file that cannot
 * be read fails closed: a damaged suspension or quarantine keeps its workload suspended until `resume`, a damaged ejection
 * keeps it ejected until `adopt`.
 * Throws faults: KeyExposed, KeyDamaged (stalled), ControlUnusable (retry).
 */
export function openControl({ directory }: { directory: string }): Control {
  withControlFault(directory, () => closeToOthers(directory));
  const key = openKey(join(directory, 'key'));
  const [suspended, ejected, quarantine, applied, holds, renamed, revisions] = withControlFault(
    directory,
    () => [
      openFolder({ directory: join(directory, 'suspended'), parse: parseSuspension, watch: 'files' }),
      openFolder({ directory: join(directory, 'ejected'), parse: parseEjection, watch: 'files' }),
      openFolder({ directory: join(directory, 'quarantine'), parse: parseQuarantine, watch: 'files' }),
      openFolder({ directory: join(directory, 'applied'), parse: parseLastApplied, watch: 'folder' }),
      openFolder({ directory: join(directory, 'holds'), parse: parseHold, watch: 'files' }),
      openFolder({ directory: join(directory, 'renamed'), parse: parseRenamed, watch: 'folder' }),
      openRevisions(join(directory, 'revisions')),
    ],
  );

  function suspensions(): Suspension[] {
    const all = new Map<string, Suspension>();
    const unreadable = [quarantine, holds, suspended].flatMap((folder) => [...folder.damaged.values()]);
    for (const file of unreadable) {
      const unit = unitOfFile(file.file);
      if (unit !== null) all.set(unit, suspensionFor(unit, file));
    }
    for (const entry of suspended.entries.values()) all.set(entry.unit, entry);
    return [...all.values()].sort((a, b) => (a.unit < b.unit ? -1 : 1));
  }

  function ejections(): Ejection[] {
    const unreadable = [...ejected.damaged.values()].flatMap((file) => {
      const unit = unitOfFile(file.file);
      return unit === null ? [] : suspensionFor(unit, file);
    });
    return [...unreadable, ...ejected.entries.values()].sort((a, b) => (a.unit < b.unit ? -1 : 1));
  }

  function quarantined(): QuarantineEntry[] {
    return [...quarantine.entries.values()].sort((a, b) => a.atMs - b.atMs || (a.unit < b.unit ? -1 : 1));
  }

  function addQuarantine(entry: QuarantineEntry): void {
    const file = quarantineFile(entry);
    const before = quarantine.entries.get(file);
    // The same failure again keeps its first time.
    const atMs = before === undefined ? entry.atMs : before.atMs;
    quarantine.save(file, { ...entry, atMs });
  }

  function filesOf(unit: string, files: Iterable<string>): string[] {
    return [...files].filter((file) => unitOfFile(file) === unit);
  }

  function liftQuarantine(unit: string): boolean {
    quarantine.reload();
    const files = filesOf(unit, [...quarantine.entries.keys(), ...quarantine.damaged.keys()]);
    return files.map(quarantine.remove).includes(true);
  }

  function resume(unit: string): boolean {
    suspended.reload();
    quarantine.reload();
    holds.reload();
    const held = [
      ...filesOf(unit, quarantine.damaged.keys()).map(quarantine.remove),
      ...filesOf(unit, holds.damaged.keys()).map(holds.remove),
    ];
    return suspended.remove(fileOf(unit)) || held.includes(true);
  }

  function problems(): Problem[] {
    const folders = { suspended, ejected, quarantine, applied, holds, renamed, revisions: revisions.folder };
    return Object.entries(folders).flatMap(([name, folder]) =>
      [...folder.damaged.values()].map((file) => damageProblem(name as keyof typeof folders, file)),
    );
  }

  return {
    reload() {
      suspended.reload();
      ejected.reload();
      quarantine.reload();
      applied.reload();
      holds.reload();
      renamed.reload();
      revisions.folder.reload();
    },
    quarantine: (unit) => quarantined().filter((entry) => entry.unit === unit),
    quarantined,
    addQuarantine,
    liftQuarantine,
    suspension: (unit) => suspensions().find((entry) => entry.unit === unit) ?? null,
    suspensions,
    suspend: (entry) => suspended.save(fileOf(entry.unit), entry),
    resume,
    ejection: (unit) => ejections().find((entry) => entry.unit === unit) ?? null,
    ejections,
    eject: (entry) => ejected.save(fileOf(entry.unit), entry),
    takeBack(unit) {
      ejected.reload();
      return ejected.remove(fileOf(unit));
    },
    lastApplied: (unit) => applied.entries.get(fileOf(unit)) ?? null,
    allLastApplied: () => [...applied.entries.values()],
    saveLastApplied: (entry) => applied.save(fileOf(entry.unit), entry),
    revisions: revisions.revisions,
    allRevisions: revisions.allRevisions,
    revision: revisions.revision,
    saveRevision: revisions.saveRevision,
    dropRevision: revisions.dropRevision,
    async saveConverged(entries) {
      const last = entries.flatMap((entry) => entry.applied ?? []);
      await Promise.all([
        revisions.saveAll(entries.map((entry) => entry.revision)),
        applied.saveAll(new Map(last.map((entry) => [fileOf(entry.unit), entry]))),
      ]);
    },
    hold: (unit) => holds.entries.get(fileOf(unit)) ?? null,
    setHold: (entry) => holds.save(fileOf(entry.unit), entry),
    liftHold(unit) {
      holds.reload();
      return holds.remove(fileOf(unit));
    },
    forget(unit) {
      applied.remove(fileOf(unit));
      holds.remove(fileOf(unit));
      liftQuarantine(unit);
    },
    renamed: (name) => renamed.entries.get(fileOf(name)) ?? null,
    allRenamed: () => [...renamed.entries.values()],
    saveRenamed: (entry) => renamed.save(fileOf(entry.name), entry),
    dropRenamed: (name) => void renamed.remove(fileOf(name)),
    problems,
    ...key,
  };
}

function fileOf(unit: string): string {
  return `${encodeUnit(unit)}.json`;
}

/** One file for each bad generation of a unit. */
function quarantineFile({ unit, specHash, digest }: QuarantineEntry): string {
  const generation = createHash('sha256').update(`${specHash}\0${digest}`).digest('hex').slice(0, 16);
  return `${encodeUnit(unit)}.${generation}.json`;
}

function suspensionFor(unit: string, { changedMs }: Damaged): Suspension & Ejection {
  return { unit, by: 'tinyforge', why: 'its control file cannot be read', sinceMs: changedMs };
}

/** The folder may have been made by somebody with another umask. */
function closeToOthers(directory: string): void {
  const stat = statSync(directory, { throwIfNoEntry: false });
  if (stat !== undefined && (stat.mode & 0o077) !== 0) chmodSync(directory, 0o700);
}
