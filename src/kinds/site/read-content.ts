// From where a manifest says the files are to one place, and what cannot be so.
import { durationMs, type Wrong } from '../../core/compose-values.ts';
import { sourcePath } from '../../core/compose-values-paths.ts';
import { gitAddressFault, gitRefFault } from '../../core/config-git.ts';
import type { Path } from '../../core/documents.ts';
import type { Report } from '../../core/validate-report.ts';
import type { SiteContent } from '../../model/desired.ts';
import type { SiteManifest } from './schema.ts';

const DEFAULT_POLL_MS = 60_000;
/** More often is no courtesy; a webhook is quicker than any poll. */
const SHORTEST_POLL_MS = 5_000;
const LOCAL: Wrong = {
  reason: 'NotAllowed',
  message: 'The repository of a site is not read from the disk of the controller.',
  hint: 'name an address of https:// or ssh://',
};

/** `folder` is where the manifest stands. Undefined after noting what is wrong. */
export function readContent(
  { content }: SiteManifest,
  { folder, report }: { folder: string; report: Report },
): SiteContent | undefined {
  const { path, archive, git } = content;
  const [first, second] = Object.keys(content);
  if (first !== undefined && second !== undefined) {
    const message = `\`${first}\` and \`${second}\` are two places for the same files.`;
    report.add(['content', second], { reason: 'Conflict', message, hint: 'keep one of them' });
    return undefined;
  }
  if (git !== undefined) return readGit(git, report);
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
  if (path === undefined) return undefined;
  const credential = archive.credential === undefined ? null : secretName(archive.credential);
  return { type: 'archive', url: new URL(url).href, sha256, path, credential };
}

function readGit(
  { url, ref = 'main', path, poll, credential }: NonNullable<SiteManifest['content']['git']>,
  report: Report,
): SiteContent | undefined {
  const at = (key: string): Path => ['content', 'git', key];
  const wrong = isLocal(url) ? LOCAL : gitAddressFault(url);
  if (wrong !== null) report.add(at('url'), wrong);
  const wrongRef = gitRefFault(ref);
  if (wrongRef !== null) report.add(at('ref'), wrongRef);
  const folder = path === undefined ? '' : report.take(at('path'), sourcePath(path, ''));
  const pollMs = poll === undefined ? DEFAULT_POLL_MS : report.take(at('poll'), durationMs(poll));
  if (wrong !== null || wrongRef !== null || folder === undefined || pollMs === undefined) return undefined;
  return {
    type: 'git',
    url,
    ref,
    path: folder,
    pollMs: Math.max(pollMs, SHORTEST_POLL_MS),
    credential: credential === undefined ? null : secretName(credential),
  };
}

function secretName(reference: string): string {
  return reference.slice('${secret:'.length, -1);
}

/** A manifest may come from somebody who may not read this machine's disk, and a site is shown to everybody. */
function isLocal(url: string): boolean {
  return /^file:/i.test(url) || url.startsWith('/');
}
