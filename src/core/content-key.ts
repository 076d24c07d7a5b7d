// The key of the question whether the archive of a site is there.
import type { ArchiveContent } from '../model/desired.ts';

export function contentKey({ sha256, path }: Pick<ArchiveContent, 'sha256' | 'path'>): string {
  return `content:${sha256}:${path}`;
}
