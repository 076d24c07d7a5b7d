// The registry of proxies: every folder is in it, by its own name.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { it } from 'node:test';
import { proxies } from '../../src/proxies/registry.ts';

it('has each proxy that has a folder', () => {
  const entries = readdirSync(path.join(import.meta.dirname, '../../src/proxies'), { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const missing = folders.filter((folder) => !proxies.some(({ name }) => name === folder));
  const lines = missing.map((folder) => `  import { … } from './${folder}/factory.ts';`);
  assert.deepEqual(missing, [], `paste into src/proxies/registry.ts:\n${lines.join('\n')}`);
  assert.equal(proxies.length, folders.length);
});
