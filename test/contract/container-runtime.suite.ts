// What every container runtime must do; run on the fake engine and on a real one, so that the fake stays honest.
import { after, before, describe } from 'node:test';
import { buildCases } from './container-runtime.build.ts';
import { containerCases } from './container-runtime.containers.ts';
import { createCases } from './container-runtime.create.ts';
import type { RuntimeHarness } from './container-runtime.harness.ts';
import { networkCases } from './container-runtime.networks.ts';
import { watchCases } from './container-runtime.watch.ts';

/** `makeRuntime` may take its time; what it made is cleaned up at the end. */
export function runtimeContract(name: string, makeRuntime: () => Promise<RuntimeHarness>): void {
  describe(`runtime contract: ${name}`, () => {
    let harness: RuntimeHarness | null = null;
    const get = (): RuntimeHarness => {
      if (harness === null) throw new Error('The engine of the contract is not there.');
      return harness;
    };
    before(async () => {
      harness = await makeRuntime();
    });
    after(async () => {
      try {
        await harness?.cleanUp();
      } finally {
        // Left open, their connections would keep the file from ending, and hide why the clean-up failed.
        harness?.runtime.close();
        harness?.other.close();
      }
    });

    createCases(get);
    buildCases(get);
    containerCases(get);
    networkCases(get);
    watchCases(get);
  });
}
