// The runtime contract's needs, from a real engine.
import { createServer } from 'node:net';
import { createDockerRuntime } from '../../src/adapters/docker/runtime.ts';
import { removeFromEngine } from '../support/real/clean-up.ts';
import { type TestEngine, uniqueName } from '../support/real/engine.ts';
import { loadTestImages, loadWebImage, testImages } from '../support/real/images.ts';
import { CONTROLLER, type RuntimeHarness } from './container-runtime.harness.ts';

/** Others may use the engine too: everything has a prefix of its own, and is removed at the end. */
export async function realHarness(engine: TestEngine): Promise<RuntimeHarness> {
  await loadTestImages(engine);
  const { socketPath } = engine;
  const prefix = uniqueName('contract');
  const made = new Set<string>();
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
    async addImage([first = '', ...more]) {
      for (const name of [first, ...more]) made.add(name);
      await loadWebImage(engine, { reference: first });
      for (const name of more) {
        const [repo, tag] = name.split(':');
        await engine.ask({ method: 'POST', path: `/images/${first}/tag?repo=${repo}&tag=${tag}` });
      }
      const { Id } = (await engine.ask({ method: 'GET', path: `/images/${first}/json` })) as { Id: string };
      return Id;
    },
    async addStranger(name, port) {
      const ports = port === null ? {} : { '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: `${port}` }] };
      const ExposedPorts = { '8080/tcp': {} };
      const body = { Image: testImages.shell, ExposedPorts, HostConfig: { PortBindings: ports } };
      await engine.ask({ method: 'POST', path: `/containers/create?name=${name}`, body });
      await engine.ask({ method: 'POST', path: `/containers/${name}/start` });
    },
    freePort,
    async cleanUp() {
      await removeFromEngine(engine, { namePrefix: prefix });
      for (const name of made) await engine.call({ method: 'DELETE', path: `/images/${name}` });
    },
  };
}

/** The kernel's choice; taken by the test right after. */
async function freePort(): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const server = createServer().listen(0, '127.0.0.1', () => {
    const address = server.address();
    server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
  });
  return promise;
}
