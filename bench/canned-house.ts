// A house of a thousand projects (or fewer) with ten containers each, as manifests and as the engine's list of what they made.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { catalog, createCatalogCache } from '../src/core/catalog.ts';
import { planUnit } from '../src/core/plan-unit.ts';
import { readers } from '../src/kinds/readers.ts';
import { planners } from '../src/kinds/registry.ts';
import type { Desired } from '../src/model/desired.ts';
import { LABEL } from '../src/model/labels.ts';
import type { UnitWorld } from '../src/model/world.ts';
import { cannedContainer } from '../test/support/canned-engine-list.ts';

export const workloadCount = 1_000;
export const replicas = 10;
export const houseContainers = workloadCount * replicas;
export const houseController = 'bench-house';

/** Writes a manifest for each workload of the canned list, a hundred to a folder. */
export function writeManifests(directory: string, workloads = workloadCount): void {
  for (let workload = 0; workload < workloads; workload++) {
    const folder = join(directory, `shelf-${Math.floor(workload / 100)}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${nameOf(workload)}.yaml`), manifestOf(workload));
  }
}

/** Another drain for one workload: a wish that is new, with nothing to do for it but to remember it. */
export function rewriteManifest(
  directory: string,
  { workload, drainS }: { workload: number; drainS: number },
): void {
  const file = join(directory, `shelf-${Math.floor(workload / 100)}`, `${nameOf(workload)}.yaml`);
  writeFileSync(file, `${manifestOf(workload)}drain: ${drainS}s\n`);
}

export function nameOf(workload: number): string {
  return `shop${String(workload).padStart(4, '0')}`;
}

function manifestOf(workload: number): string {
  const name = nameOf(workload);
  return `kind: project
name: ${name}
app: storefront
image: registry.example.com/acme/${name}
port: 8080
networks: [${name}-net]
volumes: ["${name}_cache:/var/cache/app:ro"]
environment: { LOG_LEVEL: info, REGION: eu-${workload % 7} }
stages:
  prod: { tag: 2.1.4, replicas: ${replicas} }
`;
}

/** The engine's list, with the generations that the manifests mean: Tinyforge has nothing to do. */
export function houseList(workloads = workloadCount): Buffer {
  const hashes = generations();
  const elements: string[] = [];
  for (let index = 0; index < workloads * replicas; index++) {
    const { element, name } = cannedContainer(index, { controller: houseController });
    const container = JSON.parse(element) as { Labels: Record<string, string>; Names: string[] };
    const unit = container.Labels[LABEL.unit] ?? '';
    const specHash = hashes.get(unit);
    if (specHash === undefined) throw new Error(`No manifest declares ${unit}.`);
    container.Labels[LABEL.specHash] = specHash;
    container.Names = [`/${name.replace(/-[0-9a-f]{6}-/, `-${specHash.slice(0, 6)}-`)}`];
    elements.push(JSON.stringify(container));
  }
  return Buffer.from(`[${elements.join(',')}]\n`);
}

/** The spec hash of each unit, as the planner makes it. */
function generations(): Map<string, string> {
  const files = Array.from({ length: workloadCount }, (_, workload) => ({
    path: `${nameOf(workload)}.yaml`,
    text: manifestOf(workload),
    stamp: String(workload),
    refused: null,
  }));
  const { units, problems } = catalog({
    snapshots: [{ source: 'bench', type: 'directory', revision: null, root: '/', commit: null, files }],
    variables: { bench: {} },
    readers,
    settings: { host: 'local', hosts: ['local'], siteImage: 'nginx', proxy: null, isMeasured: false },
    cache: createCatalogCache(),
  });
  if (problems.length > 0) throw new Error(`The manifests are not right: ${problems[0]?.message}`);
  return new Map(units.map((desired) => [desired.unit, generationOf(desired)]));
}

function generationOf(desired: Desired): string {
  const plan = planUnit(planners, emptyWorld(desired));
  if (!plan.generation) throw new Error(`${desired.unit} has no generation.`);
  return plan.generation.specHash;
}

function emptyWorld(desired: Desired): UnitWorld {
  return {
    nowMs: 0,
    controller: houseController,
    desired,
    host: { host: 'local', reachable: true, containers: [], networks: [], volumes: [] },
    mine: [],
    answers: new Map(),
    quarantine: [],
    memory: new Set(),
    lastApplied: null,
    kept: { specHashes: [], most: 5 },
    hold: null,
    pin: null,
    probes: new Map(),
    proven: new Set(),
    reach: 'network',
    proxy: null,
  };
}
