// From a stack's manifest to its one unit.
import { commonOfUnit, readCommon } from '../../core/catalog-unit.ts';
import { namedTexts } from '../../core/compose-values-named.ts';
import { folderOf, sourcePath } from '../../core/compose-values-paths.ts';
import { createReport, type Report } from '../../core/validate-report.ts';
import type { DesiredStack } from '../../model/desired.ts';
import type { KindReader, ManifestDocument, ReadSettings } from '../../model/kind.ts';
import { readServices } from './read-services.ts';
import { LATER_STACK, type StackManifest, stackSchema } from './schema.ts';

export const stackReader: KindReader = {
  kind: 'stack',
  schema: stackSchema as unknown as KindReader['schema'],
  later: LATER_STACK,
  read: readStack,
};

const DEFAULT_COMPOSE = 'compose.yaml';

function readStack(document: ManifestDocument, settings: ReadSettings): ReturnType<KindReader['read']> {
  const report = createReport(document);
  const manifest = document.value as StackManifest;
  const common = commonOfUnit(readCommon(manifest, { path: [], report }), {
    document,
    settings,
    report,
    role: '',
    path: [],
  });
  const folder = folderOf(document.file);
  const unit: DesiredStack = {
    ...common,
    kind: 'stack',
    project: manifest.project ?? document.name,
    compose: readPaths(manifest.compose ?? DEFAULT_COMPOSE, { key: 'compose', folder, report }),
    envFiles: readPaths(manifest.env_file ?? [], { key: 'env_file', folder, report }),
    environment: namedTexts(manifest.environment, { path: ['environment'], report }) ?? {},
    profiles: manifest.profiles ?? [],
    root: document.root,
    inPlace: document.sourceType === 'directory',
    services: readServices(manifest, { settings, report }),
  };
  return { units: [unit], problems: report.problems };
}

function readPaths(
  written: string | string[],
  { key, folder, report }: { key: string; folder: string; report: Report },
): string[] {
  if (typeof written === 'string') return readPaths([written], { key, folder, report });
  return written.flatMap((path, index) => {
    if (/\.sops(\.|$)/.test(path)) {
      report.add([key, index], {
        reason: 'LaterVersion',
        message: 'Files encrypted with SOPS are not in this version yet.',
        hint: 'name secrets with ${secret:NAME} under `environment`',
      });
    }
    return report.take([key, index], sourcePath(path, folder)) ?? [];
  });
}
