// The keys of the questions whether the archive of a site, or what its command makes, is there.
import type { ArchiveContent } from '../model/desired.ts';

export function contentKey({ sha256, path }: Pick<ArchiveContent, 'sha256' | 'path'>): string {
  return `content:${sha256}:${path}`;
}

export function builtKey(id: string): string {
  return `built:${id}`;
}
