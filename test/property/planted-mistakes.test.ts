// Each law earns its place: mistakes are planted in a copy of the planner, and every one must die of some law.
import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { lawsOf, type Subject } from '../support/laws.ts';
import { worldsOfEachKind } from '../support/worlds-of-each-kind.ts';

const ROOT = join(import.meta.dirname, '../..');
const RUNS = 400;
/** Enough to see what else a mistake dies of: a law that kills in these kills in more. */
const RUNS_TO_LOOK = 80;
const DOCUMENT = join(ROOT, 'docs/laws.md');
const KINDS = worldsOfEachKind().map(([kind]) => kind);

/**
 * Looking for all laws that a mistake breaks means to run those that it does not break to their end, which takes many
 * minutes: that is done when the table is written, and each run proves that the laws of the table still kill.
 */
const REWRITES = process.env.UPDATE_GOLDEN === '1';
const REWRITE = 'UPDATE_GOLDEN=1 npm test -- test/property/planted-mistakes.test.ts writes it anew';

interface Mistake {
  name: string;
  file: string;
  from: string;
  to: string;
}

const MISTAKES: Mistake[] = [
  {
    name: 'the old generation is never removed',
    file: 'core/generation/steps.ts',
    from: 'for (const container of [...slots.extras, ...slots.others]) {',
    to: 'for (const container of slots.extras) {',
  },
  {
    name: 'replicas too many are left behind',
    file: 'core/generation/steps.ts',
    from: 'for (const container of [...slots.extras, ...slots.others]) {',
    to: 'for (const container of slots.others) {',
  },
  {
    name: 'the old one is cleaned away before the new one is proven',
    file: 'core/generation/plan.ts',
    from: "      ...start(rollout, 'prove'),\n      ...prove(rollout, 'prove'),",
    to: "      ...clean(rollout),\n      ...start(rollout, 'prove'),\n      ...prove(rollout, 'prove'),",
  },
  {
    name: 'the alias never moves',
    file: 'core/generation/plan.ts',
    from: '      ...takeAlias(rollout),\n      ...left.actions,',
    to: '      ...left.actions,',
  },
  {
    name: 'a replica that joins others is found by their name before it is proven',
    file: 'core/generation/aliases.ts',
    from: 'return joins ? [] :',
    to: 'return joins && wanted === null ? [] :',
  },
  {
    name: 'a new version has the name at once although others are to be on the network',
    file: 'core/generation/company.ts',
    from: '      members.get(network)?.every((one) => one === unit) !== false &&\n',
    to: '',
  },
  {
    name: 'traffic moves for no reason',
    file: 'core/generation/slots.ts',
    from: '!aliases.includes(alias)',
    to: '!aliases.includes(`${alias}!`)',
  },
  {
    name: 'a healthy container is restarted when its uptime is unknown',
    file: 'core/generation/steps.ts',
    from: 'if (!isToStart(slot)) continue;',
    to: "if (slot.container?.state === 'running' && slot.container.upSeconds === 0) continue;",
  },
  {
    name: 'the order of the list decides',
    file: 'core/generation/slots.ts',
    from: 'for (const container of [...world.mine].sort(byAge)) {',
    to: 'for (const container of world.mine) {',
  },
  {
    name: 'files are copied again after each crash',
    file: 'core/generation/steps.ts',
    from: 'const filled = slot.container !== null && world.memory.has(`archive:${slot.container.id}`);',
    to: 'const filled = false;',
  },
  {
    name: 'a stopped one is left alone',
    file: 'core/generation/steps.ts',
    from: 'if (!isToStart(slot)) continue;',
    to: "if (slot.container !== null && slot.container.state !== 'created') continue;",
  },
  {
    name: 'a stopped one is started on a network that was made anew',
    file: 'core/generation/slots.ts',
    from: "networkId !== '' && !networks",
    to: "networkId === '?' && !networks",
  },
  {
    name: 'a stopped one is started on a network of somebody else that is gone',
    file: 'core/generation/prepare.ts',
    from: '    ...letGo({ wanted, slots }),\n',
    to: '',
  },
  {
    name: 'the route moves before the new one is proven',
    file: 'core/generation/plan.ts',
    from: "      ...start(rollout, 'prove'),\n      ...prove(rollout, 'prove'),\n      ...proveRoute(rollout, route),",
    to: "      ...switchRoute(rollout, route),\n      ...start(rollout, 'prove'),\n      ...prove(rollout, 'prove'),\n      ...proveRoute(rollout, route),",
  },
  {
    name: 'the route never moves',
    file: 'core/generation/plan.ts',
    from: '      ...sendShares(left.rollout, left.route),\n      ...switchRoute(left.rollout, left.route),',
    to: '      ...sendShares(left.rollout, left.route),',
  },
  {
    name: 'each pass writes the route again',
    file: 'core/route/steps.ts',
    from: 'if (isRight && (drift.length === 0',
    to: 'if (isRight && id === null && (drift.length === 0',
  },
  {
    name: 'a rolling replica leaves before its successor gets its share',
    file: 'core/generation/rolling.ts',
    from: '        ...start(one, ',
    to: "        ...gone.map((container) => stop(wanted, 'drain', container)),\n        ...start(one, ",
  },
  {
    name: 'a replica too many is stopped while the name that it shares leads to it',
    file: 'core/generation/leave-alias.ts',
    from: "...(put === null ? [] : [act(wanted, 'switch', put)]),",
    to: '',
  },
  {
    name: 'a replica too many gets no time to leave',
    file: 'core/generation/leave-alias.ts',
    from: '...(traffic === null ? [] : farewell(',
    to: '...(traffic !== undefined ? [] : farewell(',
  },
  {
    name: 'a replica too many of a service is stopped while the name that it shares leads to it',
    file: 'kinds/stack/farewell.ts',
    from: "...(put === null ? [] : [act('switch', put)]),",
    to: '',
  },
  {
    name: 'a canary forgets the steps that it has made',
    file: 'core/generation/routing.ts',
    from: 'if (index > standing) return',
    to: 'if (index >= 0) return',
  },
  {
    name: 'a quarantined version is tried again',
    file: 'core/plan-unit.ts',
    from: 'return world.quarantine.some(',
    to: 'return world.quarantine.length > 99 && world.quarantine.some(',
  },
  {
    name: 'a former name is not written down',
    file: 'core/plan-rename.ts',
    from: 'const added = [...nameTaken(world), ...routesTaken(world)];',
    to: 'const added = routesTaken(world);',
  },
  {
    name: 'a route is taken along again in each pass',
    file: 'core/plan-rename.ts',
    from: 'if (writtenAs === undefined || id === null ||',
    to: "if (writtenAs === '' || id === null ||",
  },
  {
    name: 'a rename takes the host of whoever has its domain',
    file: 'core/plan-rename.ts',
    from: 'traffic, adopt: id }',
    to: 'traffic, adopt: proxy.routes[0]?.conflict?.id ?? id }',
  },
  {
    name: 'a rename plans as if nothing were taken along before',
    file: 'core/plan-rename.ts',
    from: 'plan(added.reduce(simulate, world))',
    to: 'plan(world)',
  },
  {
    name: 'a version from before a rename comes back under the name of today',
    file: 'core/plan-unit.ts',
    from: '      ...facts.desired,\n',
    to: '      ...facts.desired,\n      name: world.desired.name,\n',
  },
  {
    name: 'the network of a former name is left',
    file: 'core/generation/leave-network.ts',
    from: 'return isNeeded ? [] :',
    to: 'return isNeeded || network !== null ? [] :',
  },
  {
    name: 'a stack gives Compose all services',
    file: 'kinds/stack/layers.ts',
    from: "if (view.state === 'changed' || view.state === 'missing') return 'make';",
    to: "if (view.service.scale > 0) return 'make';",
  },
  {
    name: 'a container that was taken off its network stays off it',
    file: 'kinds/stack/cut-off.ts',
    from: 'container.networks[name] === undefined &&',
    to: 'container.networks[name]?.ip === null &&',
  },
  {
    name: 'a container is started on a network that is gone',
    file: 'kinds/stack/cut-off.ts',
    from: "networkId !== '' && !networks",
    to: "networkId === '?' && !networks",
  },
  {
    name: 'who needs a service is started before that one has shown itself',
    file: 'kinds/stack/layers.ts',
    from: '(isTogether ? 0 : 1)',
    to: '(isTogether ? 0 : 0)',
  },
  {
    name: 'a job that was killed has done its work',
    file: 'kinds/stack/service-state.ts',
    from: '!service.oneShot || exitCode === 137 ||',
    to: '!service.oneShot ||',
  },
  {
    name: 'a switched service loses its old containers before the route leaves them',
    file: 'kinds/stack/switch-plan.ts',
    from: "    ...(route === null ? [] : connect(context, { view, route, members, phase: 'prove' })),",
    to: "    ...olds.map((container) => remove(act, 'clean', container)),\n    ...(route === null ? [] : connect(context, { view, route, members, phase: 'prove' })),",
  },
  {
    name: 'Compose is called while two generations of a service are there',
    file: 'kinds/stack/generations.ts',
    from: 'missing: 0, olds, strays: [] };',
    to: 'missing: 1, olds, strays: [] };',
  },
  {
    name: 'containers of a service that left the files stay',
    file: 'kinds/stack/plan.ts',
    from: '...cleanUp(context, former),',
    to: '',
  },
  {
    name: 'a stack asks a registry for an image that is made here',
    file: 'kinds/stack/plan.ts',
    from: 'if (build === undefined) return',
    to: 'if (image !== undefined) return',
  },
  {
    name: 'a stack is brought up before its images are there',
    file: 'kinds/stack/plan.ts',
    from: '...missingImages(world, found).map(',
    to: '...missingImages(world, found).slice(1).map(',
  },
  {
    name: 'a stack takes what others made under its name',
    file: 'kinds/stack/adopt.ts',
    from: 'return { containers: [...mine], adopting: [], left: [] };',
    to: 'return { containers: [...host.containers], adopting: [], left: [] };',
  },
  {
    name: 'what could be rolled back to is removed',
    file: 'core/generation/steps.ts',
    from: 'if (isWhole && standby.has(hash) && !quarantined.has(hash)) continue;',
    to: '',
  },
  {
    name: 'a version that was stopped serves as soon as it is started again',
    file: 'core/generation/prepare.ts',
    from: '    ...withhold({ wanted, slots, sideBySide }),',
    to: '',
  },
  {
    name: 'a rollback by hand is undone by the next pass',
    file: 'core/plan-unit.ts',
    from: 'if (held !== null && isUnchanged(plan, world)) return planHeld(planners, world, held, plan);',
    to: '',
  },
  {
    name: 'a rollback by hand outlives the change that was to lift it',
    file: 'core/plan-unit.ts',
    from: 'if (held !== null && isUnchanged(plan, world)) return planHeld(planners, world, held, plan);',
    to: 'if (held !== null) return planHeld(planners, world, held, plan);',
  },
  {
    name: 'what is kept alive while nobody knows the wish is told as a deploy',
    file: 'core/plan-unit.ts',
    from: '...keptAlive(planOf(planners, instead), instead)',
    to: '...planOf(planners, instead), wants: null',
  },
  {
    name: 'held means: like a new wish, without what was applied',
    file: 'core/generation/slots.ts',
    from: 'else if (container.ours?.specHash !== wanted.specHash) result.others.push(container);',
    to: "else if (container.ours?.specHash !== wanted.specHash || container.ours.specHash.startsWith('old')) result.others.push(container);",
  },
];

describe('planted mistakes', () => {
  let folder = '';
  let listed = new Map<string, string[]>();
  const rows: string[] = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tinyforge-mistakes-'));
    listed = readTable(await readFile(DOCUMENT, 'utf8'));
  });

  after(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it('the planner as it is breaks no law', async () => {
    const subject = await plant(folder, null);
    assert.deepEqual(killers(subject), []);
  });

  for (const [index, mistake] of MISTAKES.entries()) {
    it(`dies: ${mistake.name}`, async () => {
      const subject = await plant(folder, { ...mistake, index });
      if (!REWRITES) {
        const laws = listed.get(mistake.name) ?? [];
        assert.notDeepEqual(laws, [], `docs/laws.md names no law for it: ${REWRITE}`);
        const dead = killers(subject, { laws, kinds: kindsOf(mistake) });
        assert.deepEqual(dead.toSorted(), laws.toSorted(), `docs/laws.md is stale: ${REWRITE}`);
        return;
      }
      const seen = killers(subject, { kinds: kindsOf(mistake), runs: RUNS_TO_LOOK });
      const laws = seen.length > 0 ? seen : killers(subject, { kinds: kindsOf(mistake) });
      rows.push(`| ${mistake.name} | ${laws.join(', ')} |`);
      assert.notDeepEqual(laws, [], 'no law notices this mistake');
    });
  }

  it('docs/laws.md lists these mistakes, and no others', async () => {
    if (REWRITES) {
      const text = await readFile(DOCUMENT, 'utf8');
      const table = ['| planted mistake | dies of |', '| --- | --- |', ...rows].join('\n');
      await writeFile(DOCUMENT, `${text.split('| planted mistake')[0]}${table}\n`);
      return;
    }
    assert.deepEqual(
      [...listed.keys()],
      MISTAKES.map(({ name }) => name),
      REWRITE,
    );
  });
});

/** A copy of the pure rooms, with one mistake in it, loaded beside the real ones. */
async function plant(folder: string, mistake: (Mistake & { index: number }) | null): Promise<Subject> {
  const copy = join(folder, mistake === null ? 'sound' : `mistake-${mistake.index}`);
  for (const room of ['core', 'kinds', 'model'])
    await cp(join(ROOT, 'src', room), join(copy, 'src', room), { recursive: true });
  await writeFile(join(copy, 'package.json'), '{ "type": "module" }');
  await cp(join(ROOT, 'node_modules/yaml'), join(copy, 'node_modules/yaml'), { recursive: true }).catch(
    () => {},
  );
  if (mistake !== null) {
    const path = join(copy, 'src', mistake.file);
    const text = await readFile(path, 'utf8');
    assert.ok(text.includes(mistake.from), `${mistake.file} has changed: plant "${mistake.name}" anew`);
    await writeFile(
      path,
      text.replace(mistake.from, () => mistake.to),
    );
  }
  const load = (file: string): Promise<unknown> => import(pathToFileURL(join(copy, 'src', file)).href);
  const { planUnit, unitNeeds } = (await load('core/plan-unit.ts')) as Pick<
    Subject,
    'planUnit' | 'unitNeeds'
  >;
  const { simulate } = (await load('core/simulate.ts')) as Pick<Subject, 'simulate'>;
  const { planners } = (await load('kinds/registry.ts')) as Pick<Subject, 'planners'>;
  return { planUnit, unitNeeds, simulate, planners };
}

/** The laws that each mistake dies of, as the document has it. */
function readTable(text: string): Map<string, string[]> {
  const table = text.split('| planted mistake | dies of |\n| --- | --- |\n')[1] ?? '';
  return new Map(
    [...table.matchAll(/^\| (.+) \| (.*) \|$/gm)].map(([, name = '', laws = '']) => [
      name,
      laws.split(', ').filter(Boolean),
    ]),
  );
}

/** A mistake in a kind's own room can be seen in its worlds alone, and one about renames in those of renames. */
function kindsOf({ file }: Mistake): string[] {
  if (file === 'core/plan-rename.ts' || file === 'core/generation/leave-network.ts')
    return KINDS.filter((name) => name.startsWith('renamed'));
  const kind = /^kinds\/(\w+)\//.exec(file)?.[1];
  if (kind !== undefined) return KINDS.filter((name) => name.endsWith(kind));
  return file.startsWith('core/generation/') ? KINDS.filter((name) => !name.endsWith('stack')) : KINDS;
}

/** Names of the laws that the subject breaks for some kind; the same worlds for every subject. */
function killers(
  subject: Subject,
  {
    laws = null,
    kinds = KINDS,
    runs = RUNS,
  }: { laws?: readonly string[] | null; kinds?: readonly string[]; runs?: number } = {},
): string[] {
  const broken = new Set<string>();
  for (const [kind, worlds] of worldsOfEachKind()) {
    if (!kinds.includes(kind)) continue;
    for (const law of lawsOf(subject)) {
      if (broken.has(law.name) || laws?.includes(law.name) === false) continue;
      const result = fc.check(fc.property(worlds, law.check), {
        numRuns: runs,
        seed: 20_261_121,
        endOnFailure: true,
      });
      if (result.failed) broken.add(law.name);
    }
  }
  return [...broken];
}
