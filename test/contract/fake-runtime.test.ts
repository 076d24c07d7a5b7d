// The runtime contract, on the fake engine.

import { createFakeEngine } from '../support/fake-runtime.ts';
import { uniqueName } from '../support/real/engine.ts';
import { CONTROLLER } from './container-runtime.harness.ts';
import { runtimeContract } from './container-runtime.suite.ts';

runtimeContract('in memory', async () => {
  const engine = createFakeEngine();
  engine.addImage('test/web:1');
  engine.addImage('test/checked:1', { hasHealthcheck: true });
  engine.addImage('test/checked:ill', { hasHealthcheck: true, health: 'unhealthy' });
  engine.addImage('test/exits:1', { start: { exits: 3 }, log: ['reading the configuration', 'fatal'] });
  engine.addImage('test/stubborn:1', { ignoresTerm: true });
  let port = 20_000;
  return {
    runtime: engine.runtime({ controller: CONTROLLER }),
    other: engine.runtime({ controller: 'somebody-else' }),
    prefix: uniqueName('contract'),
    images: {
      web: 'test/web:1',
      checked: 'test/checked:1',
      checkedIll: 'test/checked:ill',
      exits: 'test/exits:1',
      missing: 'test/nothing:1',
      stubborn: 'test/stubborn:1',
    },
    async addImage([first = '', ...more]) {
      const image = engine.addImage(first);
      for (const name of more) engine.state.images.set(name, image);
      return image.id;
    },
    async addStranger(name, taken) {
      engine.addStranger(taken === null ? { name } : { name, port: taken });
    },
    async freePort() {
      port += 1;
      return port;
    },
    cleanUp: async () => undefined,
  };
});
