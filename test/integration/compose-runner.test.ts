// The real Compose on a real engine passes the suite of ComposeRunner.
import { before } from 'node:test';
import { containersOf } from '../support/compose-engine.ts';
import { realCompose } from '../support/compose-real.ts';
import { composeRunnerContract } from '../support/compose-runner-contract.ts';
import { removeFromEngine } from '../support/real/clean-up.ts';
import { sharedEngine, uniqueName } from '../support/real/engine.ts';
import { loadTestImages, testImages } from '../support/real/images.ts';

before(() => loadTestImages(sharedEngine()));

composeRunnerContract('real Compose', async (place) => {
  const engine = sharedEngine();
  const project = uniqueName('contract');
  return {
    runner: realCompose({ engine: engine.dockerHost }).compose({ runDirectory: place.at('run'), place }),
    project,
    image: testImages.shell,
    containers: () => containersOf(engine, project),
    [Symbol.asyncDispose]: () => removeFromEngine(engine, { label: `com.docker.compose.project=${project}` }),
  };
});
