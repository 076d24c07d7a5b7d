// A site's way back to any kept release, from the command to its first answer, against starting a kept container by hand.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { askEngine } from '../scripts/local-images/engine-call.ts';
import { loadImages } from '../scripts/local-images/load.ts';
import { siteImage } from '../scripts/local-images/plain-images.ts';
import { containersWith, removeWith } from './engine.ts';
import { type Bench, inTurns, type Lab, rowOf } from './row.ts';
import { tinyforge } from './run.ts';

const image = 'tinyforge-bench/site:1';
const controller = 'bench-site';
const bareLabel = 'tinyforge-bench=bare-site';
const releases = [1, 2, 3] as const;
/** "In a second": what a person is promised, whatever the machine. */
const atMostMs = 1_000;
const hangMs = 60_000;

export const siteRollback: Bench = {
  name: 'site-rollback',
  async measure(lab) {
    await loadImages(lab.socketPath, [await siteImage(image)]);
    const file = writeSite(lab);
    try {
      for (const release of releases) {
        writeRelease(lab, release);
        await tinyforge(lab, 'apply', '--file', file);
        await expectServed(lab, `tinyforge.controller=${controller}`, `release ${release}`);
      }
      const bare = await startBare(lab);
      let turn = 0;
      const ours = async (): Promise<number> => {
        // 1, 2, 1, 2, …: each is another one than what serves, and each is a kept container.
        const to = (turn++ % 2) + 1;
        const startedAt = performance.now();
        const command = tinyforge(lab, 'rollback', 'docs', '--to', String(to), '--file', file);
        const [servedAt] = await Promise.all([servedSince(lab, `release ${to}`), command]);
        await expectServed(lab, `tinyforge.controller=${controller}`, `release ${to}`);
        return servedAt - startedAt;
      };
      await ours();
      await bare();
      const measured = await inTurns({ ...lab, ours, baseline: bare });
      const name = "a site's rollback to a kept release";
      return [rowOf({ name, ...measured, unit: 'ms', target: atMostMs, isAbsolute: true })];
    } finally {
      await removeWith(lab, `tinyforge.controller=${controller}`);
      await removeWith(lab, bareLabel);
      await askEngine({ socketPath: lab.socketPath, method: 'DELETE', path: `/images/${image}` });
    }
  },
};

function writeSite({ directory, socketPath }: Lab): string {
  mkdirSync(join(directory, 'forge.d', 'public'), { recursive: true });
  writeFileSync(
    join(directory, 'forge.d', 'docs.yaml'),
    'kind: site\nname: docs\ncontent: { path: ./public }\ndrain: 0s\n',
  );
  const file = join(directory, 'tinyforge.yaml');
  writeFileSync(
    file,
    `data: ${JSON.stringify(join(directory, 'data'))}
controller: ${controller}
sources: [{ name: bench, directory: ${JSON.stringify(join(directory, 'forge.d'))} }]
engines: { local: { socket: ${JSON.stringify(socketPath)} } }
site: { image: ${image} }
`,
  );
  return file;
}

function writeRelease({ directory }: Lab, release: number): void {
  const folder = join(directory, 'forge.d', 'public');
  writeFileSync(join(folder, 'index.html'), `release ${release}`);
  for (let page = 0; page < 200; page++)
    writeFileSync(join(folder, `page-${page}.html`), `${page} of ${release}`);
}

/** Two web servers of the same image, of which one runs: each call starts the other, asks it, and stops the first; it tells when it answered. */
async function startBare({ socketPath }: Lab): Promise<() => Promise<number>> {
  const engine = (method: 'GET' | 'POST', path: string, body?: unknown): Promise<unknown> =>
    askEngine({ socketPath, method, path, body });
  const create = async (): Promise<string> => {
    const { Id } = (await engine('POST', '/containers/create', {
      Image: image,
      Labels: { 'tinyforge-bench': 'bare-site' },
    })) as { Id: string };
    return Id;
  };
  let [next, serving] = [await create(), await create()];
  await engine('POST', `/containers/${serving}/start`);
  return async () => {
    const startedAt = performance.now();
    await engine('POST', `/containers/${next}/start`);
    const address = await addressOf({ socketPath }, next);
    for (let pauseMs = 15; !(await isServed(address)); pauseMs *= 2) await delay(Math.min(pauseMs, 100));
    const ms = performance.now() - startedAt;
    await engine('POST', `/containers/${serving}/stop?t=1`);
    [next, serving] = [serving, next];
    return ms;
  };
}

async function expectServed(lab: Lab, label: string, text: string): Promise<void> {
  const running = (await containersWith(lab, label)).filter(({ State }) => State === 'running');
  const [one] = running;
  if (one === undefined || running.length > 1) throw new Error(`${running.length} web servers run.`);
  const served = await (await fetch(await addressOf(lab, one.Id))).text();
  if (served !== text) throw new Error(`The site serves ${served}, not ${text}.`);
}

/** Resolves with the time of the first such answer of any of the site's containers. */
async function servedSince(lab: Lab, text: string): Promise<number> {
  const endAt = performance.now() + hangMs;
  while (performance.now() < endAt) {
    for (const { Id, State } of await containersWith(lab, `tinyforge.controller=${controller}`)) {
      if (State !== 'running') continue;
      const address = await addressOf(lab, Id).catch(() => null);
      const served = await fetch(address ?? '').then(
        (response) => response.text(),
        () => null,
      );
      if (served === text) return performance.now();
    }
    await delay(10);
  }
  throw new Error(`Nobody serves ${text}.`);
}

async function addressOf({ socketPath }: Pick<Lab, 'socketPath'>, id: string): Promise<string> {
  const { NetworkSettings } = (await askEngine({
    socketPath,
    method: 'GET',
    path: `/containers/${id}/json`,
  })) as { NetworkSettings: { Networks: Record<string, { IPAddress: string }> } };
  return `http://${Object.values(NetworkSettings.Networks)[0]?.IPAddress}/`;
}

/** Any answer will do: nobody has put files there. */
async function isServed(address: string): Promise<boolean> {
  return fetch(address).then(
    (response) => response.status > 0,
    () => false,
  );
}
