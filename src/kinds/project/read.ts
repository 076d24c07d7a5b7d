// From a project's manifest to its stages: each merged over the project, complete, with units.

import { commonOfUnit, type UnitContext } from '../../core/catalog-unit.ts';
import { folderOf } from '../../core/compose-values-paths.ts';
import { DEFAULT_ROLE } from '../../core/naming.ts';
import { drainOf } from '../../core/route/complete.ts';
import { DEFAULT_PROBATION_MS } from '../../core/schema-update.ts';
import { createReport } from '../../core/validate-report.ts';
import type { ContainerSpec } from '../../model/container-spec.ts';
import type { DesiredProject, DesiredRoute } from '../../model/desired.ts';
import type { KindReader, ManifestDocument, ReadSettings } from '../../model/kind.ts';
import { completeSpec } from './read-complete.ts';
import { readLevel } from './read-level.ts';
import { mergeParts } from './read-merge.ts';
import type { Level, ServicePart } from './read-part.ts';
import { completeStrategy } from './read-strategy.ts';
import { LATER_PROJECT, type ProjectManifest, projectSchema } from './schema.ts';

export const projectReader: KindReader = {
  kind: 'project',
  schema: projectSchema as unknown as KindReader['schema'],
  later: LATER_PROJECT,
  read: readProject,
};

function readProject(document: ManifestDocument, settings: ReadSettings): ReturnType<KindReader['read']> {
  const report = createReport(document);
  const { sourceType, root, file } = document;
  const level: Level = { path: [], base: { sourceType, root, folder: folderOf(file) }, report };
  const { kind: _kind, name: _name, app: _app, stages, ...top } = document.value as ProjectManifest;
  const base = readLevel(top, level);
  const context = { document, settings, report };
  if (stages === undefined) {
    const unit = unitOf(base, { ...context, role: DEFAULT_ROLE, path: [] });
    return { units: unit === null ? [] : [unit], problems: report.problems };
  }
  const units = Object.entries(stages).flatMap(([role, stage]) => {
    const path = ['stages', role];
    const part = mergeParts(base, readLevel(stage ?? {}, { ...level, path }));
    return unitOf(part, { ...context, role, path }) ?? [];
  });
  return { units, problems: report.problems };
}

function unitOf(part: ServicePart, context: UnitContext): DesiredProject | null {
  const { document, path, report } = context;
  const common = commonOfUnit(part, context);
  if (part.image === undefined) {
    // An image that is there and cannot be read was told where it stands.
    const isTold = report.problems.some((problem) => problem.path?.endsWith('image'));
    if (!isTold) report.add(path, noImage(common.unit));
    return null;
  }
  const spec = completeSpec(part, { document, unit: common.unit, path, report });
  return {
    ...common,
    route: routeWithPort(common.route, { spec, context }),
    kind: 'project',
    image: {
      repository: part.image.repository,
      tag: part.tag ?? part.image.tag,
      digest: part.digest ?? part.image.digest,
    },
    follow: part.follow ?? null,
    spec,
    envFiles: part.envFiles ?? [],
    replicas: part.replicas ?? 1,
    ...completeStrategy(part, { route: common.route, isMeasured: context.settings.isMeasured, path, report }),
    sharedVolumes: part.sharedVolumes ?? false,
    drainMs: part.drainMs ?? drainOf(common.route, context.settings),
    probationMs: part.probationMs ?? DEFAULT_PROBATION_MS,
  };
}

/** A single port that the container names is the one; where there are several, nobody guesses. */
function routeWithPort(
  route: DesiredRoute | null,
  { spec, context }: { spec: ContainerSpec; context: UnitContext },
): DesiredRoute | null {
  if (route === null || route.port !== null) return route;
  const ports = new Set([
    ...spec.expose,
    ...spec.ports.flatMap(({ target, protocol }) => (protocol === 'tcp' ? target : [])),
  ]);
  const [only = null] = ports;
  if (ports.size === 1) return { ...route, port: only };
  if (context.settings.proxy !== null) {
    const at = route.domains.length === 0 ? 'subdomain' : 'domains';
    context.report.add([...context.path, at], NO_PORT);
  }
  return route;
}

const NO_PORT = {
  reason: 'MissingKey',
  message: '`port` is missing: the proxy does not know which port of the container to ask.',
  hint: 'add it, for example `port: 8080`',
};

function noImage(unit: string) {
  return {
    reason: 'MissingKey',
    message: `\`image\` is missing: nothing says what ${unit} runs.`,
    hint: 'add it, for example `image: ghcr.io/acme/shop`',
  };
}
