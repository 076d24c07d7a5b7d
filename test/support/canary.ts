// Secrets that can be found again, and the search for them in everything that was written.
import { randomBytes } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, inflateSync } from 'node:zlib';

export interface Canary {
  name: string;
  value: string;
}

export interface Leak {
  /** A path, `PID environ`, or what the caller called the text. */
  place: string;
  canary: string;
  /** How it was written: `plain` covers every escape, for none touches letters and digits. */
  form: string;
}

/** Output that was cut leaks as well: this many bytes in a row are found. */
const WINDOW_BYTES = 12;
/** A file too large to be searched would pass for a clean one. */
const MOST_BYTES = 256 * 1024 * 1024;
const PREFIX = 'canary-';

/** `special` has a quote, a newline, a percent sign and more, for places that escape; found by its random part all the same. */
export function createCanary(name: string, kind: 'plain' | 'special' = 'plain'): Canary {
  const random = randomBytes(20).toString('hex');
  const start = `${PREFIX}${name}-${random}`;
  return { name, value: kind === 'plain' ? start : `${start}"'\n%<&\\$ü ${random}` };
}

/** Finds the canaries in one text or in bytes. */
export function searchText(
  canaries: readonly Canary[],
  text: { place: string; content: string | Buffer },
): Leak[] {
  const bytes = Buffer.from(text.content);
  const found: Leak[] = [];
  for (const canary of canaries) {
    for (const [form, needles] of needlesOf(canary)) {
      if (needles.some((needle) => bytes.includes(needle)))
        found.push({ place: text.place, canary: canary.name, form });
    }
  }
  return found;
}

/**
 * Finds them in all files below a directory: names, links, contents, and contents that are deflated (git's objects) or
 * gzipped. Not inside git's packs: search a repository before it is packed. Close a SQLite file of this process first,
 * for reading it here would drop SQLite's locks on it.
 */
export function searchTree(canaries: readonly Canary[], directory: string): Leak[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' }).flatMap((name) => {
    const path = join(directory, name);
    return [name, ...contentsOf(path)].flatMap((content) => searchText(canaries, { place: path, content }));
  });
}

/** Finds them in the arguments and the environment of running processes; of all when none are named. */
export function searchProcesses(canaries: readonly Canary[], pids: readonly number[] = allPids()): Leak[] {
  return pids.flatMap((pid) =>
    ['cmdline', 'environ'].flatMap((file) => {
      const content = tryRead(`/proc/${pid}/${file}`);
      return content === null ? [] : searchText(canaries, { place: `${pid} ${file}`, content });
    }),
  );
}

/** Needles by form. They are made here anew, not by the code that redacts: the one must not share the other's mistakes. */
function needlesOf({ name, value }: Canary): [string, Buffer[]][] {
  const random = value.slice(`${PREFIX}${name}-`.length, `${PREFIX}${name}-`.length + 40);
  const windows = Array.from({ length: random.length - WINDOW_BYTES + 1 }, (_, at) =>
    random.slice(at, at + WINDOW_BYTES),
  );
  const hex = windows.map((window) => Buffer.from(window).toString('hex'));
  return [
    ['plain', windows.map((window) => Buffer.from(window))],
    [
      'upper case',
      windows.map((window) => Buffer.from(window.toUpperCase())).filter((b) => /[A-Z]/.test(b.toString())),
    ],
    ['hex', hex.map((text) => Buffer.from(text))],
    [
      'upper-case hex',
      hex.filter((text) => /[a-f]/.test(text)).map((text) => Buffer.from(text.toUpperCase())),
    ],
    // Twelve bytes are four whole groups: at whatever offset the value stands, some window begins with a group.
    ['base64', windows.map((window) => Buffer.from(Buffer.from(window).toString('base64')))],
    ['reversed', windows.map((window) => Buffer.from([...window].reverse().join('')))],
  ];
}

function contentsOf(path: string): (string | Buffer)[] {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat?.isSymbolicLink()) return [readlinkSync(path)];
  if (!stat?.isFile()) return [];
  if (stat.size > MOST_BYTES) throw new Error(`${path} is too large to be searched`);
  const content = readFileSync(path);
  return [content, ...unpacked(content)];
}

function unpacked(content: Buffer): Buffer[] {
  for (const unpack of [inflateSync, gunzipSync]) {
    try {
      return [unpack(content, { maxOutputLength: MOST_BYTES })];
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw error;
    }
  }
  return [];
}

function allPids(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** A process may end while it is looked at, and those of others may be closed. */
function tryRead(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch {
    return null;
  }
}
