// From a push's webhook to the first call of the engine, against `git fetch` of the same commit by hand.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { houseController, writeManifests } from './canned-house.ts';
import { startChild, type TalkingChild } from './child.ts';
import { makePushedRepository, type PushedRepository } from './pushed-repository.ts';
import { type Bench, inTurns, type Lab, rowOf, timed } from './row.ts';
import { type RunningController, startController } from './running-controller.ts';

const workloads = 20;
const secret = 'what only the two know';

export const webhook: Bench = {
  name: 'webhook',
  async measure(lab) {
    const { directory } = lab;
    const socketDirectory = mkdtempSync(join(tmpdir(), 'tinyforge-bench-'));
    const socketPath = join(socketDirectory, 'engine.sock');
    const repository = await makePushedRepository(directory, {
      write: (tree) => writeManifests(tree, workloads),
      touched: 'shelf-0/shop0000.yaml',
    });
    const house: Lab = { ...lab, socketPath };
    const configuration = writeConfiguration(house, repository);
    const engine = startChild(join(import.meta.dirname, 'canned-engine-child.ts'), [
      socketPath,
      String(workloads),
    ]);
    try {
      await engine.line();
      const controller = await startController(house, configuration, {
        environment: { TINYFORGE_SECRET_HUB: secret },
        passes: 1,
      });
      try {
        const ours = () => toFirstCall({ repository, controller, engine });
        const baseline = () => controller.frozenDuring(() => timed(repository.fetch));
        // The first push to a controller that has just started finds nothing compiled.
        for (let warmUp = 0; warmUp < 5; warmUp++) {
          await ours();
          await baseline();
        }
        const measured = await inTurns({ ...lab, ours, baseline });
        const name = 'a push: from its webhook to the first call of the engine';
        return [rowOf({ name, ...measured, unit: 'ms', target: 2 })];
      } finally {
        await controller.stop();
      }
    } finally {
      await engine.end();
      rmSync(socketDirectory, { recursive: true });
    }
  },
};

/** Of a commit that nobody has seen yet. */
async function toFirstCall(on: {
  repository: PushedRepository;
  controller: RunningController;
  engine: TalkingChild;
}): Promise<number> {
  const { repository, controller, engine } = on;
  // Deliveries of one burst are joined, and what one has brought about is over.
  await controller.rest();
  await repository.push();
  engine.send('when is the next call?');
  await engine.line();
  const sentMs = performance.timeOrigin + performance.now();
  await repository.tell({ url: `${controller.url}/api/webhooks/hub`, secret });
  return Number(await engine.line()) - sentMs;
}

/** Nothing else makes a pass: it is not polled, and not looked at again, while it is measured. */
function writeConfiguration({ directory, socketPath }: Lab, { url }: PushedRepository): string {
  const file = join(directory, 'tinyforge.yaml');
  writeFileSync(
    file,
    `data: ${JSON.stringify(join(directory, 'data'))}
controller: ${houseController}
resync: 1h
sources: [{ name: bench, git: { url: ${JSON.stringify(url)}, ref: main, poll: 1h } }]
engines: { local: { socket: ${JSON.stringify(socketPath)} } }
webhooks: [{ name: hub, sender: github, secret: "\${secret:hub}", sources: [bench] }]
`,
  );
  return file;
}
