// One folder of control files, each one entry, as it is on the disk and in memory.
import { lstatSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { keepAside, removeFile, replaceFile, replaceFiles, sweepTemporary } from './durable-file.ts';
import { withControlFault } from './faults.ts';
import { readBounded, stampOf, whyUnreadable } from './read-file.ts';

/** Changes within one tick of the file system's clock look alike: a time this fresh proves nothing. */
const TICK_MS = 2_000;

/** As many files are written together: their texts are in memory at once. */
const TOGETHER = 32;

/** A file that is there and cannot be understood. */
export interface Damaged {
  file: string;
  why: string;
  changedMs: number;
}

export interface Folder<T> {
  /** Reads what changed on the disk. */
  reload(): void;
  /** By file name. */
  readonly entries: ReadonlyMap<string, T>;
  readonly damaged: ReadonlyMap<string, Damaged>;
  /** Grows with every change of the entries. */
  version(): number;
  /** Writes unless the very same is there. */
  save(file: string, entry: T): void;
  /** Likewise, by file name, many at a time. One that is written stands, also when a later one cannot be. */
  saveAll(given: ReadonlyMap<string, T>): Promise<void>;
  /** False when there is no such file. A damaged one is kept aside. */
  remove(file: string): boolean;
}

/**
 * `watch: 'folder'` trusts the folder's time, for folders with a file for each workload: replacing, adding and removing
 * files changes it. `watch: 'files'` looks at each file as well, so that an edit in place is seen too.
 */
export function openFolder<T extends object>(options: {
  directory: string;
  /** Throws an Error that says what is wrong. */
  parse: (value: unknown, file: string) => T;
  watch: 'folder' | 'files';
  /** The part that stays in memory, where the whole is seldom asked for. */
  slim?: (entry: T) => T;
}): Folder<T> {
  const { directory, parse, watch, slim = (entry: T) => entry } = options;
  let version = 0;
  const entries = new Map<string, T>();
  const damaged = new Map<string, Damaged>();
  const stamps = new Map<string, string>();
  let folderStamp: string | null = null;

  function reload(): void {
    const folder = lstatSync(directory, { bigint: true, throwIfNoEntry: false });
    const stamp = folder === undefined ? 'none' : `${folder.ino}:${folder.mtimeNs}:${folder.ctimeNs}`;
    if (watch === 'folder' && stamp === folderStamp) return;
    const files =
      folder === undefined ? [] : readdirSync(directory).filter((file) => /^[^.].*\.json$/.test(file));
    const there = new Set(files);
    for (const file of [...stamps.keys()]) if (!there.has(file)) drop(file);
    for (const file of files) readAgain(file);
    const isSettled = folder === undefined || Date.now() - Number(folder.mtimeMs) > TICK_MS;
    folderStamp = isSettled ? stamp : null;
  }

  function readAgain(file: string): void {
    const stamp = stampOf(join(directory, file));
    if (stamp === stamps.get(file)) return;
    drop(file);
    if (stamp === null) return;
    stamps.set(file, stamp);
    try {
      entries.set(file, slim(parse(JSON.parse(readBounded(join(directory, file))), file)));
    } catch (error) {
      const changedMs = lstatSync(join(directory, file), { throwIfNoEntry: false })?.mtimeMs ?? 0;
      damaged.set(file, { file, why: whyUnreadable(error), changedMs: Math.trunc(changedMs) });
    }
  }

  function drop(file: string): void {
    version++;
    entries.delete(file);
    damaged.delete(file);
    stamps.delete(file);
  }

  function save(file: string, entry: T): void {
    const text = newText(file, entry);
    if (text === null) return;
    const path = join(directory, file);
    if (damaged.has(file)) keepAside(path, asideOf(directory));
    replaceFile(path, text);
    written(file, entry);
  }

  async function saveAll(given: ReadonlyMap<string, T>): Promise<void> {
    const open = [...given];
    while (open.length > 0) {
      const now = open.splice(0, TOGETHER);
      const texts = new Map<string, string>();
      for (const [file, entry] of now) {
        const text = newText(file, entry);
        if (text === null) continue;
        if (damaged.has(file)) keepAside(join(directory, file), asideOf(directory));
        texts.set(file, text);
      }
      if (texts.size === 0) continue;
      await replaceFiles(directory, texts);
      for (const [file, entry] of now) if (texts.has(file)) written(file, entry);
    }
  }

  /** Null where the very same is there. */
  function newText(file: string, entry: T): string | null {
    const before = entries.get(file);
    if (before !== undefined && isSame(before, entry)) return null;
    const text = format(entry);
    if (before === undefined || format(before) !== text) return text;
    // The next look at the same objects is cheap: a thousand of these are saved in each pass.
    entries.set(file, entry);
    return null;
  }

  function written(file: string, entry: T): void {
    drop(file);
    entries.set(file, slim(entry));
    stamps.set(file, stampOf(join(directory, file)) ?? '');
  }

  function remove(file: string): boolean {
    if (!stamps.has(file)) return false;
    const path = join(directory, file);
    const isThere = lstatSync(path, { throwIfNoEntry: false }) !== undefined;
    if (isThere && damaged.has(file)) keepAside(path, asideOf(directory));
    else if (isThere) removeFile(path);
    drop(file);
    return isThere;
  }

  if (lstatSync(directory, { throwIfNoEntry: false }) !== undefined) sweepTemporary(directory, Date.now());
  reload();
  return {
    entries,
    damaged,
    version: () => version,
    reload: () => withControlFault(directory, reload),
    save: (file, entry) => withControlFault(directory, () => save(file, entry)),
    saveAll: (given) =>
      saveAll(given).catch((error: unknown) =>
        withControlFault(directory, () => {
          throw error;
        }),
      ),
    remove: (file) => withControlFault(directory, () => remove(file)),
  };
}

/** Damaged files are kept beside the folders, for whoever wants to look. */
function asideOf(directory: string): string {
  return join(dirname(directory), 'damaged');
}

function isSame(before: object, entry: object): boolean {
  const values = before as Record<string, unknown>;
  return Object.entries(entry).every(([key, value]) => values[key] === value);
}

function format(entry: unknown): string {
  return `${JSON.stringify({ version: 1, entry }, null, 2)}\n`;
}
