// Nothing to do for a thousand workloads with ten thousand containers, against fetching and parsing the engine's list alone.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { houseContainers, houseController, workloadCount, writeManifests } from './canned-house.ts';
import { startChild } from './child.ts';
import { type Bench, inTurns, type Lab, rowOf } from './row.ts';
import { tinyforge } from './run.ts';
import { peakMb, startController } from './running-controller.ts';

const atMostMb = 150;

export const tenThousand: Bench = {
  name: 'ten-thousand',
  async measure(lab) {
    const { directory } = lab;
    // An address of a socket is cut at 108 bytes, so it does not lie in the checkout.
    const socketDirectory = mkdtempSync(join(tmpdir(), 'tinyforge-bench-'));
    const socketPath = join(socketDirectory, 'engine.sock');
    const house: Lab = { ...lab, socketPath };
    writeManifests(join(directory, 'forge.d'));
    const configuration = writeHouseConfiguration(house, { resync: '1s' });
    const engine = startChild(join(import.meta.dirname, 'canned-engine-child.ts'), [socketPath]);
    const baseline = startChild(join(import.meta.dirname, 'fetch-and-parse.ts'), [socketPath]);
    try {
      await engine.line();
      await expectNothingToDo(house, configuration);
      const controller = await startController(house, configuration);
      try {
        const fetchAndParse = async () => {
          baseline.send('once more');
          const [ms, containers] = (await baseline.line()).split(' ').map(Number);
          if (containers !== houseContainers) throw new Error(`The list has ${containers} containers.`);
          return ms ?? Number.NaN;
        };
        await fetchAndParse();
        const measured = await inTurns({
          ...lab,
          ours: () => controller.meanPassMs(3),
          baseline: () => controller.frozenDuring(fetchAndParse),
        });
        const peaks = { ours: controller.peakMb(), baseline: peakMb(baseline.process) };
        const name = '10,000 containers, nothing to do';
        return [
          rowOf({ name: `${name}: a pass`, ...measured, unit: 'ms', target: 1.5 }),
          rowOf({ name: `${name}: peak memory`, ...peaks, unit: 'MB', target: atMostMb, isAbsolute: true }),
        ];
      } finally {
        await controller.stop();
      }
    } finally {
      await baseline.end();
      await engine.end();
      rmSync(socketDirectory, { recursive: true });
    }
  },
};

export function writeHouseConfiguration(
  { directory, socketPath }: Lab,
  { resync }: { resync: string },
): string {
  const file = join(directory, 'tinyforge.yaml');
  writeFileSync(
    file,
    `data: ${JSON.stringify(join(directory, 'data'))}
controller: ${houseController}
resync: ${resync}
sources: [{ name: bench, directory: ${JSON.stringify(join(directory, 'forge.d'))} }]
engines: { local: { socket: ${JSON.stringify(socketPath)} } }
`,
  );
  return file;
}

/** A plan that wants nothing proves that the simulated list is what the manifests mean. */
async function expectNothingToDo(house: Lab, configuration: string): Promise<void> {
  const plan = await tinyforge(house, 'plan', '--file', configuration);
  if (!plan.includes(`Nothing to do: ${workloadCount} workloads`))
    throw new Error(`The plan is not empty:\n${plan.slice(0, 2_000)}`);
}
