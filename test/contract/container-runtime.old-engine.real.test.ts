// The runtime contract, on an engine of Debian 12: version 20.10, which speaks API 1.41 at most.
import assert from 'node:assert/strict';
import { startEngine } from '../support/real/engine.ts';
import { realHarness } from './container-runtime.real-harness.ts';
import { runtimeContract } from './container-runtime.suite.ts';

runtimeContract('engine of API 1.41', async () => {
  const engine = await startEngine({ name: 'old', daemonProgram: 'dockerd-20' });
  const { ApiVersion } = (await engine.ask({ method: 'GET', path: '/version' })) as { ApiVersion: string };
  assert.equal(ApiVersion, '1.41');
  const harness = await realHarness(engine);
  return {
    ...harness,
    async cleanUp() {
      await harness.cleanUp();
      await engine.stop();
    },
  };
});
