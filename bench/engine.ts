// What the benchmarks ask of the engine beside what is measured: that results are right, and that nothing is left.
import { askEngine, callEngine } from '../scripts/local-images/engine-call.ts';
import { loadImages } from '../scripts/local-images/load.ts';
import { shellImage } from '../scripts/local-images/plain-images.ts';
import type { Lab } from './row.ts';

/** busybox; waits until it is stopped. */
export const image = 'tinyforge-bench/app:1';

export async function loadBenchImage({ socketPath }: Pick<Lab, 'socketPath'>): Promise<void> {
  await loadImages(socketPath, [await shellImage(image)]);
}

export async function removeBenchImage({ socketPath }: Pick<Lab, 'socketPath'>): Promise<void> {
  await callEngine({ socketPath, method: 'DELETE', path: `/images/${image}` });
}

export interface BenchContainer {
  readonly Id: string;
  readonly State: string;
}

/** Containers with this label (`key=value`), whatever they do. */
export async function containersWith({ socketPath }: Pick<Lab, 'socketPath'>, label: string) {
  const filters = encodeURIComponent(JSON.stringify({ label: [label] }));
  return (await askEngine({
    socketPath,
    method: 'GET',
    path: `/containers/json?all=1&filters=${filters}`,
  })) as readonly BenchContainer[];
}

/** Throws unless exactly so many containers with the label run, and none of them does anything else. */
export async function expectRunning(lab: Lab, label: string, count: number): Promise<void> {
  const containers = await containersWith(lab, label);
  const running = containers.filter(({ State }) => State === 'running').length;
  if (running !== count || containers.length !== count)
    throw new Error(`${running} of ${containers.length} containers with ${label} run, and ${count} should.`);
}

/** Removes containers and networks with the label. */
export async function removeWith(lab: Lab, label: string): Promise<void> {
  const { socketPath } = lab;
  const remove = (path: string) => callEngine({ socketPath, method: 'DELETE', path });
  const containers = (await containersWith(lab, label)).values();
  const work = async () => {
    for (const { Id } of containers) await remove(`/containers/${Id}?force=1&v=1`);
  };
  await Promise.all([work(), work(), work(), work()]);
  const filters = encodeURIComponent(JSON.stringify({ label: [label] }));
  const networks = (await askEngine({
    socketPath,
    method: 'GET',
    path: `/networks?filters=${filters}`,
  })) as readonly BenchContainer[];
  for (const { Id } of networks) await remove(`/networks/${Id}`);
}

/** Each container with the label and when it was started: equal texts mean that none was touched. */
export async function startsOf(lab: Lab, label: string): Promise<string> {
  const starts = await Promise.all(
    (await containersWith(lab, label)).map(async ({ Id }) => {
      const { State } = (await askEngine({
        socketPath: lab.socketPath,
        method: 'GET',
        path: `/containers/${Id}/json`,
      })) as { readonly State: { readonly StartedAt: string } };
      return `${Id} ${State.StartedAt}`;
    }),
  );
  return starts.sort().join('\n');
}
