// Remembers on disk which checkout is the good one, so that a restart begins there even with the host away.
import { open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export interface Marker {
  /** Hash of what the source was asked for: address, ref and path. Another one makes the rest worthless. */
  identity: string;
  revision: string;
  /** The checkout before, kept for work that still reads it. */
  previous: string | null;
  fetchedMs: number;
  /** The boot in which the checkout was written; after another one its files may have been cut by a power failure. */
  boot: string | null;
  commit: { author: string; subject: string; atMs: number };
}

const TEMPORARY = '.current-';

/** The marker of this identity, or null: none, another identity, or not readable. */
export async function readMarker(path: string, identity: string): Promise<Marker | null> {
  const text = await readFile(path, 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    const value: unknown = JSON.parse(text);
    return isMarker(value) && value.identity === identity ? value : null;
  } catch {
    return null;
  }
}

/** Replaces the marker at once: a reader finds the old one or the new one, and so does the next boot. */
export async function writeMarker(path: string, marker: Marker): Promise<void> {
  await (await stageMarker(path, marker))();
  await keepMarker(path);
}

/** Sees to it that the newest marker is also what the next boot finds. Until then that may be the one before. */
export async function keepMarker(path: string): Promise<void> {
  const directory = await open(dirname(path), 'r');
  await directory.sync().finally(() => directory.close());
}

/** Brings the new one to the disk beside the old one; what it gives puts it in its place. */
export async function stageMarker(path: string, marker: Marker): Promise<() => Promise<void>> {
  const temporary = join(dirname(path), `${TEMPORARY}${process.pid}`);
  const file = await open(temporary, 'w', 0o600);
  try {
    await file.writeFile(JSON.stringify(marker));
    await file.sync();
  } finally {
    await file.close();
  }
  return () => rename(temporary, path);
}

/** Removes half-written markers of killed processes. Call it under the lock of the source. */
export async function sweepMarkers(path: string): Promise<void> {
  const directory = dirname(path);
  for (const name of await readdir(directory).catch(() => [])) {
    if (name.startsWith(TEMPORARY)) await rm(join(directory, name), { force: true });
  }
}

function isMarker(value: unknown): value is Marker {
  if (typeof value !== 'object' || value === null) return false;
  const marker = value as Record<string, unknown>;
  const commit = marker.commit as Record<string, unknown> | null | undefined;
  return (
    typeof marker.identity === 'string' &&
    isRevision(marker.revision) &&
    (marker.previous === null || isRevision(marker.previous)) &&
    typeof marker.fetchedMs === 'number' &&
    (marker.boot === null || typeof marker.boot === 'string') &&
    typeof commit?.author === 'string' &&
    typeof commit.subject === 'string' &&
    typeof commit.atMs === 'number'
  );
}

function isRevision(value: unknown): value is string {
  // It becomes part of a path.
  return typeof value === 'string' && /^[0-9a-f]{40,64}$/.test(value);
}
