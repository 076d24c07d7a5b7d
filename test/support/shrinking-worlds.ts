// Worlds in which one replica too many serves behind a shared name: of all random worlds hardly any gets there.
import type fc from 'fast-check';
import { nameOf } from '../../src/core/generation/wanted.ts';
import { specHash } from '../../src/core/spec-hash.ts';
import type { DesiredProject, DesiredStack } from '../../src/model/desired.ts';
import type { ObservedContainer, ObservedEndpoint } from '../../src/model/observed.ts';
import type { UnitWorld } from '../../src/model/world.ts';
import { PROXY_NETWORK, PROXY_NETWORK_SEEN } from './route-worlds.ts';
import { NETWORK, projectWorlds, stackWorlds, stranger } from './worlds.ts';

/** All that else is of the world stays: other versions, the route in any state, what was kept. */
export function shrinkingProjects(): fc.Arbitrary<UnitWorld> {
  const worlds = projectWorlds({ strategy: 'shrinking' });
  return worlds.map((world): UnitWorld => {
    const { desired } = world;
    const hash = specHash(desired.spec, {});
    const serving = Array.from({ length: desired.replicas + 1 }, (_, index) =>
      replica(desired, { hash, number: index + 1 }),
    );
    const others = world.mine.filter(({ ours }) => ours?.specHash !== hash);
    const probes = new Map(world.probes);
    for (const { id } of serving) probes.set(id, { ok: true, detail: '', atMs: 0 });
    return { ...withMine(world, [...others, ...serving]), probes, quarantine: [], hold: null };
  }) as fc.Arbitrary<UnitWorld>;
}

export function shrinkingStacks(): fc.Arbitrary<UnitWorld> {
  return stackWorlds({ web: 'by-name' }).map((world): UnitWorld => {
    const answer = world.answers.get('stack:desired:immich');
    const web = answer?.ok && answer.type === 'stack' ? answer.model.services.web : undefined;
    if (web === undefined || web.scale === 0 || world.proxy === null) return world;
    const serving = Array.from({ length: web.scale + 1 }, (_, index) =>
      ofService(world.desired, {
        hash: web.specHash,
        number: index + 1,
        networks: Object.keys(web.endpoints),
      }),
    );
    const names = new Set(serving.map(({ name }) => name));
    const others = world.mine.filter(({ name, compose }) => compose?.service !== 'web' && !names.has(name));
    return withMine(world, [...others, ...serving]);
  }) as fc.Arbitrary<UnitWorld>;
}

function withMine<W extends UnitWorld>(world: W, mine: ObservedContainer[]): W {
  return { ...world, mine, host: { ...world.host, containers: [...mine, stranger()] } };
}

function replica(
  { unit, workloadId, role, spec }: DesiredProject,
  { hash, number }: { hash: string; number: number },
): ObservedContainer {
  const alias = `shop-prod-${hash.slice(0, 6)}`;
  return {
    ...stranger(nameOf({ baseName: 'shop-prod', specHash: hash }, number)),
    id: `id-${hash}-${number}-serving`,
    image: spec.image,
    health: spec.health.type === 'command' ? 'healthy' : 'none',
    upSeconds: 60,
    createdAtMs: number,
    networks: {
      [NETWORK]: endpoint({ id: `e${number}`, networkId: 'n', aliases: ['shop-prod'] }),
      [PROXY_NETWORK]: endpoint({ id: `p${number}`, networkId: PROXY_NETWORK_SEEN.id, aliases: [alias] }),
    },
    ours: {
      controller: 'default',
      ...{ unit, workloadId, role, replica: number, specHash: hash },
      kind: 'project',
      imageDigest: '',
      release: '1',
    },
  };
}

function ofService(
  { unit, workloadId }: DesiredStack,
  { hash, number, networks }: { hash: string; number: number; networks: readonly string[] },
): ObservedContainer {
  const own = networks
    .filter((network) => network !== PROXY_NETWORK)
    .map((network): [string, ObservedEndpoint] => [
      network,
      endpoint({ id: `e${number}-${network}`, networkId: `id-of-${network}`, aliases: null }),
    ]);
  const aliases = [`immich-web-${hash.slice(0, 6)}`];
  return {
    ...stranger(`immich-web-${number}`),
    id: `id-immich-web-${number}-serving`,
    health: 'healthy',
    upSeconds: 60,
    createdAtMs: number,
    networks: {
      ...Object.fromEntries(own),
      [PROXY_NETWORK]: endpoint({ id: `p${number}`, networkId: PROXY_NETWORK_SEEN.id, aliases }),
    },
    ours: {
      controller: 'default',
      ...{ unit, workloadId, role: 'web', replica: number, specHash: hash },
      kind: 'stack',
      imageDigest: '',
      release: '1',
    },
    compose: {
      project: 'immich',
      service: 'web',
      number,
      oneOff: false,
      workingDir: '/src/immich',
      configFiles: '',
      replaces: null,
    },
  };
}

function endpoint({
  id,
  networkId,
  aliases,
}: {
  id: string;
  networkId: string;
  aliases: readonly string[] | null;
}): ObservedEndpoint {
  return { endpointId: id, networkId, ip: '', aliases };
}
