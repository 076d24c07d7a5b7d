// Which image a followed tag means, with the registry there, away, or never heard of it: and it stays the same once it runs.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { planUnit } from '../../src/core/plan-unit.ts';
import { planners } from '../../src/kinds/registry.ts';
import type { ActionOf } from '../../src/model/action.ts';
import { LABEL } from '../../src/model/labels.ts';
import type { Answer } from '../../src/model/resolved.ts';
import type { UnitWorld } from '../../src/model/world.ts';
import { ofShop, unitWorld } from '../support/unit-world.ts';
import { project, spec } from '../support/worlds.ts';

const ID = `sha256:${'1'.repeat(64)}`;
const DIGEST = `sha256:${'2'.repeat(64)}`;
const OTHER = `sha256:${'3'.repeat(64)}`;

function world(facts: { repoDigests: string[]; registry: string | null; id?: string }): UnitWorld {
  const desired = project({ follow: 'digest', spec: spec({ health: { type: 'none' } }) });
  const image = {
    id: facts.id ?? ID,
    repoDigests: facts.repoDigests,
    hasHealthcheck: false,
    volumes: [],
    exposedPorts: [],
    sizeBytes: 1,
  };
  const here: Answer = { ok: true, type: 'image', image };
  const answers = new Map<string, Answer>([
    ['image:local:example/shop:1', here],
    ['digest:example/shop:1', { ok: true, type: 'digest', digest: facts.registry }],
  ]);
  for (const entry of facts.repoDigests) answers.set(`image:local:${entry}`, here);
  if (facts.registry !== null) answers.set(`image:local:example/shop@${facts.registry}`, here);
  return unitWorld(desired, { answers });
}

const planOf = (of: UnitWorld) => planUnit(planners, of);

/** The world in which that creation took hold and runs; a container whose digest nobody told carries its image's id. */
function running(before: UnitWorld, create: ActionOf<'createContainer'>): UnitWorld {
  const container = ofShop(create.name, {
    imageId: ID,
    networks: Object.fromEntries(
      create.endpoints.map(({ network, aliases }) => [
        network,
        { endpointId: 'e', networkId: 'n', ip: '10.0.0.2', aliases },
      ]),
    ),
    ours: {
      specHash: create.labels[LABEL.specHash] ?? '',
      imageDigest: create.labels[LABEL.imageDigest] ?? ID,
      release: '1',
    },
  });
  return { ...before, mine: [container], host: { ...before.host, containers: [container] } };
}

describe('a followed tag', () => {
  const cases = [
    { what: 'made here, known to no registry', repoDigests: [], registry: null, asked: 'example/shop:1' },
    {
      what: 'made here and pushed to another registry, under another name',
      repoDigests: [`127.0.0.1:5000/acme/thing@${OTHER}`],
      registry: null,
      asked: 'example/shop:1',
    },
    {
      what: 'pulled, and the registry is away from the start',
      repoDigests: [`127.0.0.1:5000/acme/thing@${OTHER}`, `example/shop@${DIGEST}`],
      registry: null,
      asked: `example/shop@${DIGEST}`,
    },
    {
      what: 'pulled, and the registry has a newer one',
      repoDigests: [`example/shop@${DIGEST}`],
      registry: OTHER,
      asked: `example/shop@${OTHER}`,
    },
  ];
  for (const { what, asked, ...facts } of cases) {
    it(`${what}: ${asked}, and nothing more once that runs`, () => {
      const before = world(facts);
      const create = planOf(before).actions.find((action) => action.type === 'createContainer');
      assert.equal(create?.spec.image, asked);
      const after = planOf(running(before, create as ActionOf<'createContainer'>));
      assert.deepEqual(
        after.actions.filter(({ type }) => type !== 'ensureNetwork'),
        [],
      );
    });
  }

  it('made here, where the engine calls its own id a digest: what is made again takes its place', () => {
    const before = world({ repoDigests: [`example/shop@${ID}`], registry: null });
    const create = planOf(before).actions.find((action) => action.type === 'createContainer');
    assert.equal(create?.spec.image, `example/shop@${ID}`);
    const runs = running(before, create as ActionOf<'createContainer'>);
    const again = world({ repoDigests: [`example/shop@${OTHER}`], registry: null, id: OTHER });
    const next = planOf({ ...again, mine: runs.mine, host: runs.host });
    const replaced = next.actions.find((action) => action.type === 'createContainer');
    assert.equal(replaced?.spec.image, `example/shop@${OTHER}`);
  });
});
