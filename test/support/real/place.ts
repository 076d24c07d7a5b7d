// A temporary directory for one test, removed with everything in it.
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Place extends AsyncDisposable {
  readonly path: string;
  /** Joins names to the place's path. */
  at(...names: readonly string[]): string;
  remove(): Promise<void>;
}

/** Makes a place; the path holds no links, so that it compares equal to what programs report. */
export async function makePlace(purpose = 'test'): Promise<Place> {
  const path = await realpath(await mkdtemp(join(tmpdir(), `tinyforge-${purpose}-`)));
  const remove = () => rm(path, { recursive: true, force: true });
  return { path, at: (...names) => join(path, ...names), remove, [Symbol.asyncDispose]: remove };
}
