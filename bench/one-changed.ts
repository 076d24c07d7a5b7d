// One changed manifest among a thousand: the pass that takes it, against a pass with nothing to do.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nameOf, rewriteManifest, writeManifests } from './canned-house.ts';
import { startChild } from './child.ts';
import { type Bench, inTurns, type Lab, rowOf } from './row.ts';
import { startController } from './running-controller.ts';
import { writeHouseConfiguration } from './ten-thousand.ts';

/** Somewhere in the middle. */
const workload = 500;

export const oneChanged: Bench = {
  name: 'one-changed',
  async measure(lab) {
    const { directory } = lab;
    const socketDirectory = mkdtempSync(join(tmpdir(), 'tinyforge-bench-'));
    const house: Lab = { ...lab, socketPath: join(socketDirectory, 'engine.sock') };
    const manifests = join(directory, 'forge.d');
    writeManifests(manifests);
    const configuration = writeHouseConfiguration(house, { resync: '4s' });
    const engine = startChild(join(import.meta.dirname, 'canned-engine-child.ts'), [house.socketPath]);
    try {
      await engine.line();
      const controller = await startController(house, configuration);
      try {
        let drainS = 10;
        const ours = async (): Promise<number> => {
          drainS += 1;
          const ms = await controller.passMsAfter(() => rewriteManifest(manifests, { workload, drainS }));
          expectRemembered(directory, drainS);
          return ms;
        };
        await ours();
        // One pass says little: where it collects its garbage, it takes half as long again.
        const oursThrice = async () => ((await ours()) + (await ours()) + (await ours())) / 3;
        const measured = await inTurns({
          ...lab,
          ours: oursThrice,
          baseline: () => controller.meanPassMs(3),
        });
        const name = '1,000 manifests, one of them changed: a pass';
        return [rowOf({ name, ...measured, unit: 'ms', target: 1.1 })];
      } finally {
        await controller.stop();
      }
    } finally {
      await engine.end();
      rmSync(socketDirectory, { recursive: true });
    }
  },
};

/** The pass has taken the change: the wish that it writes down as applied is the new one. */
function expectRemembered(directory: string, drainS: number): void {
  const folder = join(directory, 'data', 'control', 'applied');
  const file = readdirSync(folder).find((name) => name.startsWith(nameOf(workload))) ?? '';
  if (!new RegExp(`"drainMs": ?${drainS * 1000}\\b`).test(readFileSync(join(folder, file), 'utf8')))
    throw new Error('The pass has not taken the change.');
}
