// From a stage's wish to the generation of containers that it means.
import { parseEnvFile } from '../../core/env-file.ts';
import type { Wanted } from '../../core/generation/wanted.ts';
import { baseName } from '../../core/naming.ts';
import { attach, wantedRoute } from '../../core/route/attach.ts';
import { secretsOf, specHash } from '../../core/spec-hash.ts';
import type { ContainerSpec } from '../../model/container-spec.ts';
import type { DesiredProject } from '../../model/desired.ts';
import type { Need } from '../../model/resolved.ts';
import type { UnitWorld } from '../../model/world.ts';
import { chooseImage, taggedImage } from './image.ts';

const ENV_FILE_MAX_BYTES = 262_144;

export function fileNeeds({ desired }: UnitWorld<DesiredProject>): Need[] {
  return desired.envFiles.map((path) => ({
    type: 'file',
    key: `file:${desired.source}:${desired.revision ?? ''}:${path}`,
    source: desired.source,
    path,
    maxBytes: ENV_FILE_MAX_BYTES,
  }));
}

/** Folders beside the manifest, and others, that containers write to or read. What was applied before has found them. */
export function bindNeeds({ desired, pin }: UnitWorld<DesiredProject>): Need[] {
  const { source, spec } = desired;
  if (pin !== null) return [];
  const paths = spec.mounts.flatMap((mount) => (mount.type === 'bind' ? [mount.source] : [])).sort();
  return paths.length === 0
    ? []
    : [{ type: 'binds', key: `binds:${source}:${paths.join(':')}`, source, paths }];
}

export function secretNeeds(world: UnitWorld<DesiredProject>): Need[] {
  return secretsOf(mergedSpec(world)).map((name) => ({ type: 'secret', key: `secret:${name}`, name }));
}

/** The wish as one generation. Call it when the questions are answered. */
export function wantedOf(world: UnitWorld<DesiredProject>): Wanted {
  const { desired, pin } = world;
  const chosen = chooseImage(world);
  const route = routePort(desired);
  const { spec, identity: own } = attach(
    { ...mergedSpec(world), image: chosen.reference },
    { proxy: world.proxy, port: route },
  );
  // A followed tag counts with its digest, however the engine happens to be asked for it.
  const identity = desired.follow === null ? chosen.reference : `${taggedImage(desired)}#${chosen.digest}`;
  const hash =
    pin?.specHash ?? specHash({ ...own, image: identity }, fingerprints(world), desired.renamedFrom);
  const local = world.answers.get(`image:${desired.host}:${spec.image}`);
  return {
    unit: desired.unit,
    workloadId: desired.workloadId,
    kind: desired.kind,
    renamedFrom: desired.renamedFrom ?? null,
    role: desired.role,
    host: desired.host,
    controller: world.controller,
    baseName: baseName({ name: desired.name, role: desired.role }),
    spec,
    specHash: hash,
    digest: pin?.digest ?? chosen.digest,
    release: pin?.release ?? chosen.release,
    replicas: desired.replicas,
    strategy: desired.strategy,
    canary: desired.strategy === 'canary' ? desired.canary : [],
    // What an earlier version has applied has none.
    canaryMetrics: desired.canaryMetrics ?? [],
    sharedVolumes: desired.sharedVolumes,
    drainMs: desired.drainMs,
    state: desired.state,
    image: local?.ok && local.type === 'image' ? { local: local.image } : null,
    publishForProbe: probePort(world),
    route: wantedRoute(world, { port: route, networks: mergedSpec(world).networks }),
    cause: chosen.release,
  };
}

function mergedSpec({ desired, answers }: UnitWorld<DesiredProject>): ContainerSpec {
  const fromFiles: Record<string, string> = {};
  for (const path of desired.envFiles) {
    const answer = answers.get(`file:${desired.source}:${desired.revision ?? ''}:${path}`);
    if (answer?.ok && answer.type === 'file') Object.assign(fromFiles, parseEnvFile(answer.text).values);
  }
  return { ...desired.spec, environment: { ...fromFiles, ...desired.spec.environment } };
}

function fingerprints(world: UnitWorld<DesiredProject>): Record<string, string> {
  return Object.fromEntries(
    secretsOf(mergedSpec(world)).map((name) => {
      const answer = world.answers.get(`secret:${name}`);
      return [name, answer?.ok && answer.type === 'secret' ? answer.fingerprint : ''];
    }),
  );
}

/** What is routed is the port that is named, else the one that is asked for health. */
function routePort({ route, spec }: DesiredProject): number | null {
  const { health } = spec;
  return route?.port ?? (health.type === 'http' || health.type === 'tcp' ? health.port : null);
}

function probePort({ desired, reach }: UnitWorld<DesiredProject>): number | null {
  const { health } = desired.spec;
  return reach === 'published' && (health.type === 'http' || health.type === 'tcp') ? health.port : null;
}
