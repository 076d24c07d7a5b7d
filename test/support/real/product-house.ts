// A small house for Tinyforge from its image: a configuration, a project, and a stack that binds a folder beside it.
import { mkdir, writeFile } from 'node:fs/promises';
import { removeFromEngine } from './clean-up.ts';
import { type TestEngine, uniqueName } from './engine.ts';
import { testImages } from './images.ts';
import { makePlace, type Place } from './place.ts';
import { giveToProduct } from './product-container.ts';
import { freePort } from './program.ts';

export interface House extends AsyncDisposable {
  readonly place: Place;
  readonly name: string;
}

/** It belongs to the user of the image. Tinyforge sees it at `root`, or at its own path. */
export async function makeHouse(engine: TestEngine, root?: string): Promise<House> {
  const place = await makePlace('house');
  const name = uniqueName('img');
  const folder = root ?? place.path;
  await mkdir(place.at('forge.d/notes'), { recursive: true });
  await mkdir(place.at('data'));
  await writeFile(
    place.at('tinyforge.yaml'),
    JSON.stringify({
      data: `${folder}/data`,
      listen: `127.0.0.1:${await freePort()}`,
      controller: name,
      sources: [{ name: 'home', directory: `${folder}/forge.d` }],
      engines: { local: { socket: engine.socketPath } },
    }),
  );
  await writeFile(
    place.at('forge.d/web.yaml'),
    JSON.stringify({
      kind: 'project',
      name: `${name}-web`,
      image: testImages.web1,
      port: 8080,
      healthcheck: { http: '/healthz', interval: '1s', retries: 10 },
    }),
  );
  await writeFile(
    place.at('forge.d/notes/stack.yaml'),
    `kind: stack\nname: ${name}-notes\ncompose: [compose.yaml]\n`,
  );
  await writeFile(
    place.at('forge.d/notes/compose.yaml'),
    `services:
  notes:
    image: ${testImages.shell}
    init: true
    command: [sh, -c, 'echo by the stack > /data/written; sleep 2147483647']
    volumes: ["./data:/data"]
    stop_grace_period: 1s
    healthcheck: { test: [CMD, test, -s, /data/written], interval: 300ms, retries: 20 }
`,
  );
  await giveToProduct(place.path);
  return {
    place,
    name,
    async [Symbol.asyncDispose]() {
      await removeFromEngine(engine, { label: `tinyforge.controller=${name}` });
      await removeFromEngine(engine, { namePrefix: name });
      await place.remove();
    },
  };
}
