// The fake Compose passes the suite that the real one passes.
import { composeRunnerContract } from '../support/compose-runner-contract.ts';
import { createFakeCompose } from '../support/fake-compose-runner.ts';

composeRunnerContract('fake Compose', async () => {
  const runner = createFakeCompose();
  return {
    runner,
    project: 'contract',
    image: 'x',
    containers: async () =>
      runner.containers('contract').map((container) => ({ ...container, id: String(container.id) })),
    [Symbol.asyncDispose]: async () => {},
  };
});
