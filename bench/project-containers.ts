// Forty containers of forty projects without any check, against the bare create and start calls for the same containers.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { askEngine } from '../scripts/local-images/engine-call.ts';
import { expectRunning, image, removeWith } from './engine.ts';
import { type Bench, inTurns, type Lab, rowOf, timed } from './row.ts';
import { tinyforge } from './run.ts';

const count = 40;
/** `concurrency` of tinyforge.yaml; its default. */
const atOnce = 4;
const network = 'bench-projects';
const controller = 'bench-projects';
const labelOf = { ours: `tinyforge.controller=${controller}`, baseline: 'com.example.bench=bare' } as const;

export const projectContainers: Bench = {
  name: 'projects',
  async measure(lab) {
    const configuration = writeProjects(lab);
    const { socketPath } = lab;
    await askEngine({ socketPath, method: 'POST', path: '/networks/create', body: { Name: network } });
    try {
      const measured = await inTurns({
        ...lab,
        async ours() {
          await removeWith(lab, labelOf.baseline);
          rmSync(join(lab.directory, 'data'), { recursive: true, force: true });
          const ms = await timed(() => tinyforge(lab, 'apply', '--file', configuration));
          await expectRunning(lab, labelOf.ours, count);
          return ms / 1000;
        },
        async baseline() {
          await removeWith(lab, labelOf.ours);
          const ms = await timed(() => bareCalls(lab));
          await expectRunning(lab, labelOf.baseline, count);
          return ms / 1000;
        },
      });
      return [
        rowOf({ name: '40 project containers: `tinyforge apply`', ...measured, unit: 's', target: 1.15 }),
      ];
    } finally {
      await removeWith(lab, labelOf.ours);
      await removeWith(lab, labelOf.baseline);
      await askEngine({ socketPath, method: 'DELETE', path: `/networks/${network}` });
    }
  },
};

function writeProjects({ directory, socketPath }: Lab): string {
  const folder = join(directory, 'forge.d');
  mkdirSync(folder, { recursive: true });
  for (let index = 1; index <= count; index++)
    writeFileSync(
      join(folder, `app-${index}.yaml`),
      `kind: project
name: app-${index}
image: ${image}
networks: [${network}]
healthcheck: { disable: true }
`,
    );
  const configuration = join(directory, 'tinyforge.yaml');
  writeFileSync(
    configuration,
    `data: ${JSON.stringify(join(directory, 'data'))}
controller: ${controller}
concurrency: ${atOnce}
sources: [{ name: bench, directory: ${JSON.stringify(folder)} }]
engines: { local: { socket: ${JSON.stringify(socketPath)} } }
`,
  );
  return configuration;
}

/** Create and start, and nothing else, with as many calls at once. */
async function bareCalls({ socketPath }: Lab): Promise<void> {
  const indexes = Array.from({ length: count }, (_, index) => index + 1).values();
  const work = async () => {
    for (const index of indexes) {
      const name = `bare-${index}`;
      const body = {
        Image: image,
        Labels: { 'com.example.bench': 'bare' },
        HostConfig: { NetworkMode: network, RestartPolicy: { Name: 'unless-stopped' } },
        NetworkingConfig: { EndpointsConfig: { [network]: { Aliases: [name] } } },
      };
      await askEngine({ socketPath, method: 'POST', path: `/containers/create?name=${name}`, body });
      await askEngine({ socketPath, method: 'POST', path: `/containers/${name}/start` });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}
