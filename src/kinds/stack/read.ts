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
  const found = document.folder;
  const compose = manifest.compose ?? (found === undefined ? DEFAULT_COMPOSE : undefined);
  const unit: DesiredStack = {
    ...common,
    kind: 'stack',
    project: manifest.project ?? found?.project ?? document.name,
    compose:
      compose === undefined ? (found?.compose ?? []) : readPaths(compose, { key: 'compose', folder, report }),
    envFiles: readPaths(manifest.env_file ?? [], { key: 'env_file', folder, report }),
    environment: namedTexts(manifest.environment, { path: ['environment'], report }) ?? {},
    profiles: manifest.profiles ?? [],
    root: document.root,
    inPlace: document.sourceType === 'directory',
    services: readServices(manifest, { settings, report }),
    ...(found === undefined ? {} : byFolder(manifest, document)),
  };
  return { units: [unit], problems: report.problems };
}

/** What runs from a folder of the source is its stack, without a word; from elsewhere it is somebody else's. */
function byFolder(
  { adopt, project, compose }: StackManifest,
  { root, sourceType }: ManifestDocument,
): Pick<DesiredStack, 'adopt' | 'discovered'> {
  const isHere = sourceType === 'directory';
  return {
    // A checkout is no folder that anybody has started something from.
    adopt: adopt ?? isHere,
    discovered: {
      adoptBelow: adopt === undefined && isHere ? root : null,
      named: project === undefined ? 'files' : 'manifest',
      listed: compose === undefined ? 'folder' : 'manifest',
    },
  };
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
