// The kind `site`: static files, each release immutable in a container of its own, switched like a project.
import { planGeneration } from '../../core/generation/plan.ts';
import { sortSlots } from '../../core/generation/slots.ts';
import type { Wanted } from '../../core/generation/wanted.ts';
import { problem } from '../../core/problem.ts';
import { attach, wantedRoute } from '../../core/route/attach.ts';
import { specHash } from '../../core/spec-hash.ts';
import type { DesiredSite } from '../../model/desired.ts';
import type { KindPlanner } from '../../model/kind.ts';
import type { UnitPlan } from '../../model/plan.ts';
import type { Need } from '../../model/resolved.ts';
import type { UnitWorld } from '../../model/world.ts';
import { builtNeed, filesNeed, filesOf, withFiles, withoutBuilds } from './files.ts';
import { SITE_CHECK, SITE_PORT, siteSpec } from './web-server.ts';

export const sitePlanner: KindPlanner<DesiredSite> = {
  kind: 'site',
  needs,
  plan,
  check: () => SITE_CHECK,
};

/** A release whose files are gone is not made from those that are there now: it would be another one under its name. */
function plan(seen: UnitWorld<DesiredSite>): UnitPlan {
  const world = withoutBuilds(seen);
  const wanted = wantedOf(world);
  const made = { ...withFiles(planGeneration(wanted, world), seen), wants: releaseOf(wanted, world) };
  const { pin, desired, hold } = world;
  const makes = made.actions.some(({ type }) => type === 'createContainer');
  if (pin === null || !makes || hashesOf(world).includes(pin.specHash)) return made;
  const lost = problem({
    reason: 'FilesGone',
    message: `the files of ${desired.unit} ${pin.release} are not kept any more: its container is gone, and its folder holds others now`,
    effect: 'Nothing was changed.',
    hint:
      hold === null
        ? `Bring the files of ${pin.release} back, or mend what the manifest asks for.`
        : `\`tinyforge resume ${desired.unit}\` brings what its manifest asks for.`,
    next: 'Looked at again in each pass.',
    workload: desired.unit,
  });
  return { ...made, actions: [], strategy: null, downtime: null, blocked: { problem: lost, wait: false } };
}

/** A commit that changes no file of the site makes no release: what runs has the files, and is called after theirs. */
function releaseOf({ specHash: hash, release }: Wanted, { mine }: UnitWorld<DesiredSite>): string {
  const same = mine.find(({ ours, state }) => ours?.specHash === hash && state === 'running');
  return same?.ours?.release ?? release;
}

/** What the files that are there now make: routed as it is now, and as it was before it had a proxy. */
function hashesOf(world: UnitWorld<DesiredSite>): string[] {
  const { renamedFrom } = world.desired;
  const bare = siteSpec(world.desired, filesOf(world));
  const { identity } = attach(bare, { proxy: world.proxy, port: SITE_PORT });
  return [specHash(bare, {}, renamedFrom), specHash(identity, {}, renamedFrom)];
}

function needs(seen: UnitWorld<DesiredSite>): Need[] {
  const world = withoutBuilds(seen);
  const tree = filesNeed(world.desired);
  const answer = world.answers.get(tree.key);
  // As applied before: the release is known by its hash, and its files matter only if it must be made again.
  const first = world.pin !== null && isComplete(world) ? [] : [tree];
  if (first.length > 0 && answer?.ok !== true) return first;
  const built = first.length === 0 ? null : builtNeed(world);
  const files = built === null ? first : [...first, built];
  if (isComplete(world) || world.desired.state === 'stopped') return files;
  const { host, image } = world.desired;
  return [...files, { type: 'image', key: `image:${host}:${image}`, host, image }];
}

function isComplete(world: UnitWorld<DesiredSite>): boolean {
  return sortSlots(wantedOf(world), world).slots.every((slot) => slot.container !== null);
}

function wantedOf(world: UnitWorld<DesiredSite>): Wanted {
  const { desired, pin } = world;
  const tree = filesOf(world);
  const bare = siteSpec(desired, tree);
  const { spec, identity } = attach(bare, { proxy: world.proxy, port: SITE_PORT });
  const local = world.answers.get(`image:${desired.host}:${desired.image}`);
  const release = pin?.release ?? tree.version;
  return {
    unit: desired.unit,
    workloadId: desired.workloadId,
    kind: desired.kind,
    renamedFrom: desired.renamedFrom ?? null,
    role: desired.role,
    host: desired.host,
    controller: world.controller,
    baseName: desired.name,
    spec,
    specHash: pin?.specHash ?? specHash(identity, {}, desired.renamedFrom),
    digest: '',
    release,
    replicas: 1,
    strategy: 'auto',
    canary: [],
    canaryMetrics: [],
    sharedVolumes: false,
    drainMs: desired.drainMs,
    state: desired.state,
    image: local?.ok && local.type === 'image' ? { local: local.image } : null,
    publishForProbe: world.reach === 'published' ? SITE_PORT : null,
    route: wantedRoute(world, { port: SITE_PORT, networks: bare.networks }),
    cause: release,
  };
}
