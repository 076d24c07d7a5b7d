// What every store must do; run on the fake one and on the real ones, so that the fake stays honest.
import { describe } from 'node:test';
import { createStoreBench, type OpenedStore } from './store-bench.ts';
import { containerRules } from './store-containers.ts';
import { deployRules } from './store-deploys.ts';
import { diaryRules } from './store-diary.ts';
import { renameRules } from './store-renames.ts';
import { statusRules } from './store-statuses.ts';
import { transactionRules } from './store-transactions.ts';
import { workloadRules } from './store-workloads.ts';

export function storeSuite(name: string, open: () => OpenedStore): void {
  describe(`store contract: ${name}`, () => {
    const bench = createStoreBench(open);
    for (const rules of [
      workloadRules,
      statusRules,
      containerRules,
      deployRules,
      diaryRules,
      renameRules,
      transactionRules,
    ]) {
      rules(bench);
    }
  });
}
