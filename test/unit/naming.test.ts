// Names of units, workloads and containers.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { didYouMean, nearest } from '../../src/core/did-you-mean.ts';
import {
  baseName,
  containerName,
  isDnsLabel,
  MAX_BASE_NAME,
  parseUnit,
  unitId,
  workloadId,
} from '../../src/core/naming.ts';

describe('names', () => {
  it('of units and their containers', () => {
    const cases: [name: string, role: string, unit: string, base: string][] = [
      ['shop', 'prod', 'shop/prod', 'shop-prod'],
      ['shop', 'default', 'shop', 'shop'],
      ['immich', '', 'immich', 'immich'],
    ];
    for (const [name, role, unit, base] of cases) {
      assert.equal(unitId({ name, role }), unit);
      assert.equal(baseName({ name, role }), base);
      assert.equal(containerName({ name, role, specHash: '4be1c09aa', replica: 2 }), `${base}-4be1c0-2`);
    }
    assert.equal(workloadId({ kind: 'project', name: 'shop' }), 'project.shop');
  });

  it('of units are read back, and nothing else is', () => {
    assert.deepEqual(parseUnit('shop/prod'), { name: 'shop', role: 'prod' });
    assert.deepEqual(parseUnit('shop'), { name: 'shop', role: '' });
    for (const text of ['', '/', 'shop/', '/prod', 'a/b/c', 'Shop', 'shop prod', '../x', 'shop\n']) {
      assert.equal(parseUnit(text), null, text);
    }
  });

  it('of containers are DNS labels up to the longest base', () => {
    const name = 'x'.repeat(MAX_BASE_NAME);
    assert.ok(isDnsLabel(containerName({ name, role: '', specHash: 'abcdef0', replica: 999 })));
    assert.ok(!isDnsLabel(containerName({ name: `${name}x`, role: '', specHash: 'abcdef0', replica: 999 })));
    for (const text of ['-a', 'a-', 'A', 'a.b', 'a_b', '', 'é']) assert.ok(!isDnsLabel(text), text);
  });
});

describe('did you mean', () => {
  const keys = ['environment', 'env_file', 'ports', 'port', 'image', 'tag', 'depends_on', 'healthcheck'];
  const cases: [word: string, meant: string | null][] = [
    ['enviroment', 'environment'],
    ['environmnet', 'environment'],
    ['depends-on', 'depends_on'],
    ['dependsOn', 'depends_on'],
    ['Image', 'image'],
    ['imgae', 'image'],
    ['prots', 'ports'],
    ['healtcheck', 'healthcheck'],
    ['colour', null],
    ['x', null],
    ['', null],
    ['a'.repeat(1000), null],
  ];
  for (const [word, meant] of cases) {
    it(`${word.slice(0, 20)}: ${meant ?? 'nothing'}`, () => assert.equal(nearest(word, keys), meant));
  }

  it('counts two neighbours that changed places as one slip', () => {
    assert.equal(nearest('proejct', ['project'], 1), 'project');
    assert.equal(nearest('porejct', ['project'], 1), null);
  });

  it('says so in a sentence, or nothing', () => {
    assert.equal(didYouMean('imgae', keys), ' Did you mean `image`?');
    assert.equal(didYouMean('colour', keys), '');
  });
});
