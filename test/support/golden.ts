// Compares a text with a golden file; UPDATE_GOLDEN=1 rewrites it, a missing one fails and prints the text.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.join(import.meta.dirname, '..', 'golden');

/** `name` is the path below test/golden, such as `plan/prune.txt`. */
export function assertGolden(name: string, actual: string): void {
  const file = path.join(ROOT, name);
  if (process.env.UPDATE_GOLDEN === '1') {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, actual);
    return;
  }
  const expected = read(file);
  assert.ok(expected !== null, `no golden file test/golden/${name}; UPDATE_GOLDEN=1 would write:\n${actual}`);
  assert.equal(actual, expected, `differs from test/golden/${name}`);
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
