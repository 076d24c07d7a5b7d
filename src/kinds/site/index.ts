// The kind `site`: static files, each release immutable in a container of its own, switched like a project.
import { shortHash } from '../../core/canonical.ts';
import { contentKey } from '../../core/content-key.ts';
import { planGeneration } from '../../core/generation/plan.ts';
import { sortSlots } from '../../core/generation/slots.ts';
import { act } from '../../core/generation/steps.ts';
import type { Wanted } from '../../core/generation/wanted.ts';
import { problem } from '../../core/problem.ts';
import { attach, wantedRoute } from '../../core/route/attach.ts';
import { specHash } from '../../core/spec-hash.ts';
import type { DesiredSite } from '../../model/desired.ts';
import type { KindPlanner } from '../../model/kind.ts';
import type { UnitPlan } from '../../model/plan.ts';
import type { Need } from '../../model/resolved.ts';
import type { UnitWorld } from '../../model/world.ts';
import { SITE_CHECK, SITE_PORT, siteSpec } from './web-server.ts';

export const sitePlanner: KindPlanner<DesiredSite> = {
  kind: 'site',
  needs,
  plan,
  check: () => SITE_CHECK,
};

/** A release whose files are gone is not made from those that are there now: it would be another one under its name. */
function plan(world: UnitWorld<DesiredSite>): UnitPlan {
  const wanted = wantedOf(world);
  const made = { ...withContent(planGeneration(wanted, world), world), wants: releaseOf(wanted, world) };
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
  const bare = siteSpec(world.desired, treeOf(world));
  const { identity } = attach(bare, { proxy: world.proxy, port: SITE_PORT });
  return [specHash(bare, {}), specHash(identity, {})];
}

/** Files come before all else: while they cannot be had, nothing is touched. */
function withContent(made: UnitPlan, { answers, desired }: UnitWorld<DesiredSite>): UnitPlan {
  const { content, unit, host } = desired;
  const needed = made.actions.find(({ type }) => type === 'createContainer' || type === 'putArchive');
  if (content.type !== 'archive' || needed === undefined) return made;
  const answer = answers.get(contentKey(content));
  if (answer?.ok !== true || answer.type !== 'content' || answer.here) return made;
  const fetch = act({ unit, host, cause: needed.cause }, 'prepare', { type: 'fetchContent', content });
  return { ...made, actions: [fetch, ...made.actions] };
}

function treeOf({ answers, desired }: UnitWorld<DesiredSite>): { hash: string; directory: string } {
  const { content } = desired;
  const answer = answers.get(treeNeed(desired).key);
  if (content.type === 'archive') {
    const directory = answer?.ok && answer.type === 'content' ? answer.directory : '';
    return { hash: shortHash({ archive: content.sha256, path: content.path }), directory };
  }
  return answer?.ok && answer.type === 'tree' ? answer : { hash: '', directory: '' };
}

function needs(world: UnitWorld<DesiredSite>): Need[] {
  const tree = treeNeed(world.desired);
  const answer = world.answers.get(tree.key);
  // As applied before: the release is known by its hash, and its files matter only if it must be made again.
  const first = world.pin !== null && isComplete(world) ? [] : [tree];
  if (first.length > 0 && answer?.ok !== true) return first;
  if (isComplete(world) || world.desired.state === 'stopped') return first;
  const { host, image } = world.desired;
  return [...first, { type: 'image', key: `image:${host}:${image}`, host, image }];
}

function treeNeed({ root, content, source, revision }: DesiredSite): Need {
  if (content.type === 'archive') return { type: 'content', key: contentKey(content), content };
  const { path } = content;
  return { type: 'tree', key: `tree:${source}:${revision ?? ''}:${path}`, root, path };
}

function isComplete(world: UnitWorld<DesiredSite>): boolean {
  return sortSlots(wantedOf(world), world).slots.every((slot) => slot.container !== null);
}

function wantedOf(world: UnitWorld<DesiredSite>): Wanted {
  const { desired, pin } = world;
  const tree = treeOf(world);
  const bare = siteSpec(desired, tree);
  const { spec, identity } = attach(bare, { proxy: world.proxy, port: SITE_PORT });
  const local = world.answers.get(`image:${desired.host}:${desired.image}`);
  const release = pin?.release ?? versionOf(desired, tree.hash);
  return {
    unit: desired.unit,
    workloadId: desired.workloadId,
    kind: desired.kind,
    role: desired.role,
    host: desired.host,
    controller: world.controller,
    baseName: desired.name,
    spec,
    specHash: pin?.specHash ?? specHash(identity, {}),
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

/** Short, and what people know the files by. */
function versionOf({ content, revision }: DesiredSite, hash: string): string {
  if (content.type === 'archive') return content.sha256.slice(0, 7);
  return (revision ?? hash).slice(0, 7);
}
