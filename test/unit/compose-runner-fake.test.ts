// The fake Compose passes the suite that the real one passes: with containers of its own, and with those of a fake engine.
import { composeRunnerContract } from '../support/compose-runner-contract.ts';
import { type ComposeContainers, inMemory, onEngine } from '../support/fake-compose-containers.ts';
import { createFakeCompose } from '../support/fake-compose-runner.ts';
import { createFakeEngine } from '../support/fake-runtime.ts';

const PLACES: Readonly<Record<string, () => ComposeContainers>> = {
  'fake Compose': inMemory,
  'fake Compose over a fake engine': () => {
    const engine = createFakeEngine();
    engine.addImage('x');
    return onEngine(() => engine.state);
  },
};

for (const [name, place] of Object.entries(PLACES))
  composeRunnerContract(name, async () => {
    const runner = createFakeCompose({ on: place() });
    return {
      runner,
      project: 'contract',
      image: 'x',
      containers: async () => runner.containers('contract'),
      [Symbol.asyncDispose]: async () => {},
    };
  });
