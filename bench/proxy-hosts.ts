// Nothing to do beside a proxy with five hundred hosts: a pass of the running controller, against reading the proxy's list alone.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startChild } from './child.ts';
import type { ProxyPlace } from './proxy-child.ts';
import { type Bench, inTurns, type Lab, rowOf } from './row.ts';
import { startController } from './running-controller.ts';

const hostCount = 500;
/** Until the compiler has seen both sides, they are slower. */
const warmUps = 20;

export const proxyHosts: Bench = {
  name: 'proxy-hosts',
  async measure(lab) {
    const proxy = startChild(join(import.meta.dirname, 'proxy-child.ts'), ['none', String(hostCount)]);
    try {
      const place = JSON.parse(await proxy.line()) as ProxyPlace;
      const baseline = startChild(join(import.meta.dirname, 'read-proxy-list.ts'), [place.url, place.email], {
        TINYFORGE_BENCH_PASSWORD: place.password,
      });
      const readList = async (): Promise<number> => {
        baseline.send('once more');
        const [ms, hosts] = (await baseline.line()).split(' ').map(Number);
        if (hosts !== hostCount) throw new Error(`The list has ${hosts} hosts.`);
        return ms ?? Number.NaN;
      };
      const readSome = async (): Promise<number> => {
        let total = 0;
        for (let count = 0; count < warmUps; count++) total += await readList();
        return total / warmUps;
      };
      const writes = async (): Promise<number> => {
        proxy.send('writes');
        return Number(await proxy.line());
      };
      try {
        const controller = await startController(lab, writeHouse(lab, { place, workloads: {} }), {
          environment: secretsOf(place),
        });
        try {
          await readSome();
          await controller.meanPassMs(warmUps);
          const before = await writes();
          const measured = await inTurns({
            ...lab,
            ours: () => controller.meanPassMs(5),
            baseline: () => controller.frozenDuring(readSome),
          });
          if ((await writes()) > before)
            throw new Error('A pass with nothing to do has written to the proxy.');
          return [
            rowOf({
              name: `${hostCount} proxy hosts, nothing to do: a pass`,
              ...measured,
              unit: 'ms',
              target: 1.5,
            }),
          ];
        } finally {
          await controller.stop();
        }
      } finally {
        await baseline.end();
      }
    } finally {
      await proxy.end();
    }
  },
};

/** How the controller gets the password of the proxy. */
export function secretsOf({ password }: ProxyPlace): NodeJS.ProcessEnv {
  return { TINYFORGE_SECRET_NPM: password };
}

/** Writes the configuration of a house behind that proxy, and its manifests by name of the file; answers with its path. */
export function writeHouse(
  { directory, socketPath }: Lab,
  {
    place,
    workloads,
    resync = '1s',
  }: { place: ProxyPlace; workloads: Readonly<Record<string, string>>; resync?: string },
): string {
  const source = join(directory, 'forge.d');
  mkdirSync(source, { recursive: true });
  for (const [name, text] of Object.entries(workloads)) writeFileSync(join(source, name), text);
  const file = join(directory, 'tinyforge.yaml');
  writeFileSync(
    file,
    `data: ${JSON.stringify(join(directory, 'data'))}
controller: bench-proxy
resync: ${resync}
keep: { revisions: 20 }
sources: [{ name: bench, directory: ${JSON.stringify(source)} }]
engines: { local: { socket: ${JSON.stringify(socketPath)} } }
proxy:
  url: ${place.url}
  email: ${place.email}
  password: \${secret:npm}
  traffic: { http: ${place.traffic} }
`,
  );
  return file;
}
