// From what a manifest says about building to one command with its limits, and what cannot be so.
import { namedImage } from '../../core/catalog-image.ts';
import { byteCount, durationMs, type Parsed } from '../../core/compose-values.ts';
import { sourcePath } from '../../core/compose-values-paths.ts';
import type { Report } from '../../core/validate-report.ts';
import type { SiteBuild } from '../../model/desired.ts';
import type { SiteManifest } from './schema.ts';

const MEMORY_BYTES = 1024 ** 3;
const DISK_BYTES = 10 * 1024 ** 3;
const TIMEOUT_MS = 600_000;

export function readBuild({ build }: SiteManifest, report: Report): SiteBuild | null {
  if (build === undefined) return null;
  const { image, command, output, cache = [], memory, disk, timeout, network } = build;
  report.take(['build', 'image'], namedImage(image));
  const folder = report.take(['build', 'output'], inside(output));
  const caches = cache.map((path, index) => report.take(['build', 'cache', index], inside(path)) ?? '');
  const memoryBytes =
    memory === undefined ? MEMORY_BYTES : report.take(['build', 'memory'], byteCount(memory));
  const diskBytes = disk === undefined ? DISK_BYTES : report.take(['build', 'disk'], byteCount(disk));
  const timeoutMs =
    timeout === undefined ? TIMEOUT_MS : report.take(['build', 'timeout'], durationMs(timeout));
  return {
    image,
    command: typeof command === 'string' ? ['sh', '-c', command] : [...command],
    output: folder ?? '',
    cache: caches,
    memoryBytes: memoryBytes ?? MEMORY_BYTES,
    diskBytes: diskBytes ?? DISK_BYTES,
    timeoutMs: timeoutMs ?? TIMEOUT_MS,
    network: network ?? 'bridge',
  };
}

/** Below the content, and not all of it: what was put in is not what comes out. */
function inside(path: string): Parsed<string> {
  const taken = sourcePath(path, '');
  if (!taken.ok || (taken.value !== '' && taken.value !== '.')) return taken;
  const message = 'This is the content itself, not a folder in it.';
  return { ok: false, wrong: { reason: 'BadPath', message, hint: 'for example `output: dist`' } };
}
