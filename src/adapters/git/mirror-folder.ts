// Makes the bare repository of a source whole: created at once, of the right address, without leftovers of killed children.
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gitEnvironment } from './environment.ts';
import { runGit } from './git-client.ts';

const ADDRESS_FILE = 'tinyforge-address';

// Attributes in a tree could change bytes on their way out (line ends, encodings, ident, filters). A file is its bytes.
const NO_ATTRIBUTES = '* -text !eol !ident !working-tree-encoding !filter !export-subst !export-ignore\n';

/** Makes the mirror if it is not there, or is one of another address. Call it under the lock of the source. */
export async function ensureMirror(options: {
  directory: string;
  address: string;
  signal: AbortSignal;
}): Promise<void> {
  const { directory, address, signal } = options;
  const before = addressOf(directory);
  if (before === address) return;
  await rm(directory, { recursive: true, force: true });
  await mkdir(join(directory, '..'), { recursive: true, mode: 0o700 });
  const temporary = await mkdtemp(`${directory}.new-`);
  try {
    await runGit({
      args: ['init', '--bare', '--quiet', '--template='],
      environment: gitEnvironment({ gitDirectory: temporary, protocol: null }),
      directory: temporary,
      timeoutMs: 60_000,
      signal,
    });
    await mkdir(join(temporary, 'info'), { recursive: true });
    await writeFile(join(temporary, 'info', 'attributes'), NO_ATTRIBUTES);
    await writeFile(join(temporary, ADDRESS_FILE), address);
    await rename(temporary, directory);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** At once: it is a line, and each look begins with it. */
function addressOf(directory: string): string | null {
  try {
    return readFileSync(join(directory, ADDRESS_FILE), 'utf8');
  } catch {
    return null;
  }
}

/**
 * Removes what killed git children left: locks that would refuse every later fetch, and half-received packs.
 * Call it under the lock of the source, before its first git call.
 */
export async function sweepMirror(directory: string): Promise<void> {
  await sweepNew(directory);
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const leftover = entry.name.endsWith('.lock') || /^tmp_(?:pack|idx|obj|rev)_/.test(entry.name);
    if (leftover && entry.isFile()) await rm(join(entry.parentPath, entry.name), { force: true });
  }
}

async function sweepNew(directory: string): Promise<void> {
  const parent = join(directory, '..');
  for (const name of await readdir(parent).catch(() => [])) {
    const path = join(parent, name);
    if (path.startsWith(`${directory}.new-`)) await rm(path, { recursive: true, force: true });
  }
}
