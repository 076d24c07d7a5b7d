// From where a manifest says the files are to one place, and what cannot be so.
import { sourcePath } from '../../core/compose-values-paths.ts';
import type { Report } from '../../core/validate-report.ts';
import type { SiteContent } from '../../model/desired.ts';
import type { SiteManifest } from './schema.ts';

/** `folder` is where the manifest stands. Undefined after noting what is wrong. */
export function readContent(
  { content }: SiteManifest,
  { folder, report }: { folder: string; report: Report },
): SiteContent | undefined {
  const { path, archive } = content;
  if (path !== undefined && archive !== undefined) {
    const message = '`path` and `archive` are two places for the same files.';
    report.add(['content', 'archive'], { reason: 'Conflict', message, hint: 'keep one of them' });
    return undefined;
  }
  if (archive !== undefined) return readArchive(archive, report);
  if (path === undefined) {
    const message = '`content` does not say where the files are.';
    report.add(['content'], {
      reason: 'MissingKey',
      message,
      hint: 'for example `content: { path: ./public }`',
    });
    return undefined;
  }
  const taken = report.take(['content', 'path'], sourcePath(path, folder));
  return taken === undefined ? undefined : { type: 'path', path: taken };
}

function readArchive(
  archive: NonNullable<SiteManifest['content']['archive']>,
  report: Report,
): SiteContent | undefined {
  const { url, sha256 } = archive;
  if (!URL.canParse(url)) {
    const message = 'The address of the archive cannot be read.';
    report.add(['content', 'archive', 'url'], {
      reason: 'BadFormat',
      message,
      hint: 'for example `https://example.com/docs.tar.gz`',
    });
    return undefined;
  }
  const path =
    archive.path === undefined
      ? ''
      : report.take(['content', 'archive', 'path'], sourcePath(archive.path, ''));
  return path === undefined ? undefined : { type: 'archive', url: new URL(url).href, sha256, path };
}
