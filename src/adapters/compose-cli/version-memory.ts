// What the plugin said of its version, kept for as long as its file is the same: asking takes longer than a pass does.
import { closeSync, openSync, readFileSync, readSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseVersion } from './version.ts';

const FILE = 'plugin-version';
const ELF = Buffer.from([0x7f, 0x45, 0x4c, 0x46]);

export interface VersionMemory {
  /** The version of the plugin at this path; `ask` when it is not known, or the file is another one by now. */
  of(plugin: string | null, ask: () => Promise<string>): Promise<string>;
}

/** `directory` is ours alone: who can write there could name any version. */
export function createVersionMemory(directory: string): VersionMemory {
  const file = join(directory, FILE);
  return {
    async of(plugin, ask) {
      const identity = plugin === null ? null : identityOf(plugin);
      if (identity === null) return ask();
      const kept = keptFor(identity, file);
      if (kept !== null) return kept;
      const version = await ask();
      keep(`${identity}\n${version}\n`, file);
      return version;
    },
  };
}

/**
 * Changes whenever the file does: no write leaves its ctime alone. Null for what is not a program itself, such as a
 * script, which may start another plugin tomorrow.
 */
function identityOf(plugin: string): string | null {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = statSync(plugin, { bigint: true });
    return startsAsProgram(plugin) ? [plugin, dev, ino, size, mtimeNs, ctimeNs].join(' ') : null;
  } catch {
    return null;
  }
}

function startsAsProgram(path: string): boolean {
  const file = openSync(path, 'r');
  try {
    const start = Buffer.alloc(ELF.length);
    return readSync(file, start) === ELF.length && start.equals(ELF);
  } finally {
    closeSync(file);
  }
}

function keptFor(identity: string, file: string): string | null {
  try {
    const [of, version = ''] = readFileSync(file, 'utf8').split('\n');
    return of === identity ? (parseVersion(version)?.text ?? null) : null;
  } catch {
    return null;
  }
}

/** Whole or not at all. Where it cannot be kept, it is asked again. */
function keep(text: string, file: string): void {
  try {
    const aside = `${file}.new`;
    writeFileSync(aside, text, { mode: 0o600 });
    renameSync(aside, file);
  } catch {}
}
