// From a site's manifest to its one unit.
import { namedImage } from '../../core/catalog-image.ts';
import { commonOfUnit, readCommon } from '../../core/catalog-unit.ts';
import { durationMs } from '../../core/compose-values.ts';
import { folderOf, sourcePath } from '../../core/compose-values-paths.ts';
import { drainOf } from '../../core/route/complete.ts';
import { DEFAULT_PROBATION_MS } from '../../core/schema-update.ts';
import { createReport } from '../../core/validate-report.ts';
import type { DesiredSite } from '../../model/desired.ts';
import type { KindReader, ManifestDocument, ReadSettings } from '../../model/kind.ts';
import { readBuild } from './read-build.ts';
import { readContent } from './read-content.ts';
import { readServing } from './read-serving.ts';
import { LATER_SITE, type SiteManifest, siteSchema } from './schema.ts';

export const siteReader: KindReader = {
  kind: 'site',
  schema: siteSchema as unknown as KindReader['schema'],
  later: LATER_SITE,
  read: readSite,
};

function readSite(document: ManifestDocument, settings: ReadSettings): ReturnType<KindReader['read']> {
  const report = createReport(document);
  const manifest = document.value as SiteManifest;
  const common = commonOfUnit(readCommon(manifest, { path: [], report }), {
    document,
    settings,
    report,
    role: '',
    path: [],
  });
  const image = manifest.image ?? settings.siteImage;
  if (manifest.image !== undefined) report.take(['image'], namedImage(manifest.image));
  if (manifest.spa === true && manifest.not_found !== undefined) {
    const message = 'With `spa: true` every path gets index.html, so `not_found` would never be shown.';
    report.add(['not_found'], { reason: 'Conflict', message, hint: 'keep `spa` or `not_found`' });
  }
  const content = readContent(manifest, { folder: folderOf(document.file), report });
  const notFound = manifest.not_found && report.take(['not_found'], sourcePath(manifest.not_found, ''));
  const drainMs = manifest.drain && report.take(['drain'], durationMs(manifest.drain));
  const monitor = manifest.deploy?.update_config?.monitor;
  const probationMs = monitor && report.take(['deploy', 'update_config', 'monitor'], durationMs(monitor));
  const unit: DesiredSite = {
    ...common,
    kind: 'site',
    content: content ?? { type: 'path', path: '' },
    root: document.root,
    spa: manifest.spa ?? false,
    notFound: notFound || null,
    build: readBuild(manifest, report),
    serving: readServing(manifest, report),
    image,
    drainMs: typeof drainMs === 'number' ? drainMs : drainOf(common.route, settings),
    probationMs: typeof probationMs === 'number' ? probationMs : DEFAULT_PROBATION_MS,
  };
  return { units: [unit], problems: report.problems };
}
