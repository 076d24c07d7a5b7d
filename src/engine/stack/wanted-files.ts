// The files of a checkout that a stack's stable folder is to hold, with their hashes.
import { createHash } from 'node:crypto';
import { insideOf } from '../../core/compose-relocate.ts';
import type { DesiredStack } from '../../model/desired.ts';
import type { Tree } from '../../ports/tree.ts';
import { type Layout, stablePath } from './layout.ts';
import type { StableFile } from './stable-record.ts';

export interface WantedFile extends StableFile {
  /** From the source's root. */
  source: string;
}

export const STABLE_LIMITS = { maxFiles: 2_000, maxBytes: 64 * 1024 * 1024 };

/**
 * All of the stack's own folder but what only images are built from, and what it uses from elsewhere in the source. By
 * path below the stable folder.
 */
export async function wantedFiles(
  tree: Tree,
  { root }: Pick<DesiredStack, 'root'>,
  { layout, used, contexts }: { layout: Layout; used: readonly string[]; contexts: readonly string[] },
): Promise<Map<string, WantedFile>> {
  const isWanted = (path: string): boolean =>
    !contexts.some((context) => isWithin(context, path)) ||
    used.some((one) => isWithin(one, path) || isWithin(path, one));
  const aside = used.filter((path) => layout.folder !== '' && insideOf(layout.folder, path) === null);
  const wanted = new Map<string, WantedFile>();
  for (const path of [layout.folder, ...aside]) {
    for (const file of await filesAt(tree, root, { path, isWanted }))
      wanted.set(stablePath(layout.folder, file.source), file);
  }
  return wanted;
}

function isWithin(folder: string, path: string): boolean {
  return folder === '' || insideOf(folder, path) !== null;
}

async function filesAt(
  tree: Tree,
  root: string,
  { path, isWanted }: { path: string; isWanted: (path: string) => boolean },
): Promise<WantedFile[]> {
  const whole = (inner: string): string => (path === '' ? inner : `${path}/${inner}`);
  const { type } = await tree.look({ root, path });
  if (type === 'missing') return [];
  const sources =
    type === 'file'
      ? [path]
      : (await tree.list({ root, path, ...STABLE_LIMITS, pick: (inner) => isWanted(whole(inner)) }))
          .filter((entry) => entry.type === 'file')
          .map((entry) => whole(entry.path));
  const files: WantedFile[] = [];
  for (const source of sources) {
    const { bytes, mode } = await tree.readBytes({ root, path: source, maxBytes: STABLE_LIMITS.maxBytes });
    // Git knows two modes; the rest is the umask of whoever made the checkout.
    files.push({ source, hash: sha256(bytes), mode: mode & 0o111 ? 0o755 : 0o644 });
  }
  return files;
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
