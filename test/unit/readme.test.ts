// What the README shows can be used as it stands there.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { readConfig } from '../../src/core/config.ts';
import { catalogOf, proxied } from '../support/manifest-catalog.ts';

const text = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');
const blocks = [...text.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, block = '']) => block);
const [manifests, settings] = [
  blocks.filter((block) => block.startsWith('kind:')),
  blocks.filter((block) => !block.startsWith('kind:')),
];

describe('the README', () => {
  for (const block of manifests)
    it(`has manifests that are right: ${block.split('\n').slice(0, 2).join(', ')}`, () => {
      const problems = catalogOf(block, { proxy: proxied }).problems.filter(
        ({ reason }) => reason !== 'UnknownReference',
      );
      assert.deepEqual(problems, []);
    });

  for (const block of settings)
    it(`has a configuration that is right: ${block.split('\n')[0]}`, () => {
      const { problems } = readConfig({
        text: block,
        file: '/etc/tinyforge/tinyforge.yaml',
        cwd: '/',
        environment: {},
        overrides: block.includes('sources:') ? {} : { directory: '/x' },
        senders: ['github'],
        providers: ['nginx-proxy-manager', 'caddy'],
      });
      assert.deepEqual(problems, []);
    });

  it('has both', () => assert.ok(manifests.length > 1 && settings.length > 1));
});
