// The part of a unit that is the same for every kind, from the common keys of its manifest.
import type { DesiredCommon } from '../model/desired.ts';
import type { ManifestDocument, ReadSettings } from '../model/kind.ts';
import { durationMs } from './compose-values.ts';
import { given } from './compose-values-named.ts';
import { didYouMean } from './did-you-mean.ts';
import type { Path } from './documents.ts';
import { baseName, DEFAULT_ROLE, MAX_BASE_NAME, unitId, workloadId } from './naming.ts';
import { completeRoute } from './route/complete.ts';
import { type RoutePart, readRouteKeys } from './route/read-keys.ts';
import type { WrittenRoute } from './schema-route.ts';
import type { Report } from './validate-report.ts';

/** The common keys of one level, with units; what is not said is absent. */
export interface CommonPart extends RoutePart {
  host?: string;
  state?: 'running' | 'stopped';
  suspend?: boolean;
  prune?: boolean;
  adopt?: boolean;
  dependsOn?: string[];
  retry?: { limit?: number; backoffMs?: number };
}

/** The common keys as they are written. */
export interface WrittenCommon extends WrittenRoute {
  host?: string;
  state?: 'running' | 'stopped';
  suspend?: boolean;
  prune?: boolean;
  adopt?: boolean;
  depends_on?: string[];
  retry?: { limit?: number; backoff?: string };
}

export function readCommon(
  written: WrittenCommon,
  { path, report }: { path: Path; report: Report },
): CommonPart {
  const { host, state, suspend, prune, adopt, depends_on: dependsOn } = written;
  const retry = readRetry(written, { path, report });
  return {
    ...readRouteKeys(written, { path, report }),
    ...given<CommonPart>({ host, state, suspend, prune, adopt, dependsOn, retry }),
  };
}

function readRetry(
  { retry }: WrittenCommon,
  { path, report }: { path: Path; report: Report },
): CommonPart['retry'] {
  if (retry === undefined) return undefined;
  const { limit, backoff } = retry;
  const backoffMs =
    backoff === undefined ? undefined : report.take([...path, 'retry', 'backoff'], durationMs(backoff));
  return given<NonNullable<CommonPart['retry']>>({ limit, backoffMs });
}

export interface UnitContext {
  document: ManifestDocument;
  settings: ReadSettings;
  report: Report;
  role: string;
  /** Where the unit begins: [] or ['stages', 'prod']. */
  path: Path;
}

export function commonOfUnit(part: CommonPart, context: UnitContext): DesiredCommon {
  const { document, settings, report, role, path } = context;
  const { kind, name } = document;
  const from = document.value.renamed_from;
  const unit = unitId({ name, role });
  if (baseName({ name, role }).length > MAX_BASE_NAME) {
    report.add(path.length > 0 ? path : ['name'], {
      reason: 'NameTooLong',
      message: `${unit} is too long for the names of its containers; ${MAX_BASE_NAME} characters are the limit.`,
      hint: 'choose a shorter name',
    });
  }
  const host = part.host ?? defaultHost(settings);
  if (part.host !== undefined && !settings.hosts.includes(host)) {
    report.add([...path, 'host'], {
      reason: 'UnknownHost',
      message: `No engine is called \`${host.slice(0, 60)}\`.${didYouMean(host, settings.hosts)}`,
      hint: `engines of tinyforge.yaml: ${settings.hosts.join(', ')}`,
    });
  }
  const isRouted = (part.domains ?? []).length > 0 || part.subdomain !== undefined;
  const named = { project: name, stage: role === DEFAULT_ROLE ? '' : role, name: baseName({ name, role }) };
  return {
    unit,
    workloadId: workloadId({ kind, name }),
    kind,
    name,
    role,
    host,
    app: typeof document.value.app === 'string' ? document.value.app : null,
    source: document.source,
    revision: document.revision,
    place: document.placeOf(path),
    state: part.state ?? 'running',
    suspend: part.suspend ?? false,
    prune: part.prune ?? true,
    adopt: part.adopt ?? false,
    dependsOn: part.dependsOn ?? [],
    route: isRouted ? completeRoute(part, { proxy: settings.proxy, named, path, report }) : null,
    retry: { limit: part.retry?.limit ?? null, backoffMs: part.retry?.backoffMs ?? null },
    ...(typeof from === 'string' ? { renamedFrom: from } : {}),
    held: null,
  };
}

/** The first engine of tinyforge.yaml, where none has the usual name. */
function defaultHost({ host, hosts }: ReadSettings): string {
  return hosts.includes(host) ? host : (hosts[0] ?? host);
}
