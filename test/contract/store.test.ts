// The store contract, on the fake store and on real SQLite.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openScratchStore, openStore } from '../../src/adapters/sqlite/open-store.ts';
import { createFakeStore } from '../support/fake-store.ts';
import { storeSuite } from './store-suite.ts';

storeSuite('in memory', () => ({ store: createFakeStore(), dispose: () => undefined }));

storeSuite('SQLite in memory', () => {
  const store = openScratchStore();
  return { store, dispose: () => store.close() };
});

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
