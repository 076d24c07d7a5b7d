// The runtime contract, on a real engine.
import { createServer } from 'node:net';
import { createDockerRuntime } from '../../src/adapters/docker/runtime.ts';
import { removeFromEngine } from '../support/real/clean-up.ts';
import { sharedEngine, uniqueName } from '../support/real/engine.ts';
import { loadTestImages, testImages } from '../support/real/images.ts';
import { CONTROLLER } from './container-runtime.harness.ts';
import { runtimeContract } from './container-runtime.suite.ts';

runtimeContract('real engine', async () => {
  const engine = sharedEngine();
  await loadTestImages(engine);
  const { socketPath } = engine;
  const prefix = uniqueName('contract');
  return {
    runtime: createDockerRuntime({ host: 'local', socketPath, controller: CONTROLLER }),
    other: createDockerRuntime({ host: 'local', socketPath, controller: 'somebody-else' }),
    prefix,
    images: {
      web: testImages.web1,
      checked: testImages.checked1,
      checkedIll: testImages.checkedNeverHealthy,
      exits: testImages.exits,
      // A registry on loopback where nobody listens: no network is needed to be refused.
      missing: '127.0.0.1:1/acme/nothing:1',
      stubborn: testImages.ignoresTerm,
    },
    async addStranger(name, port) {
      const ports = port === null ? {} : { '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: `${port}` }] };
      const ExposedPorts = { '8080/tcp': {} };
      const body = { Image: testImages.shell, ExposedPorts, HostConfig: { PortBindings: ports } };
      await engine.ask({ method: 'POST', path: `/containers/create?name=${name}`, body });
      await engine.ask({ method: 'POST', path: `/containers/${name}/start` });
    },
    freePort,
    cleanUp: () => removeFromEngine(engine, { namePrefix: prefix }),
  };
});

/** The kernel's choice; taken by the test right after. */
async function freePort(): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const server = createServer().listen(0, '127.0.0.1', () => {
    const address = server.address();
    server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
  });
  return promise;
}
