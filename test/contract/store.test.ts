// The store contract, on the fake store and on a real SQLite file.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '../../src/adapters/sqlite/open-store.ts';
import { createFakeStore } from '../support/fake-store.ts';
import { storeSuite } from './store-suite.ts';

storeSuite('in memory', () => ({ store: createFakeStore(), dispose: () => undefined }));

storeSuite('SQLite file', () => {
  const directory = mkdtempSync(join(tmpdir(), 'tinyforge-store-'));
  const store = openStore({ file: join(directory, 'index.sqlite'), readOnly: false });
  return {
    store,
    dispose: () => {
      store.close();
      rmSync(directory, { recursive: true });
    },
  };
});
