// A project that is deployed again and again by a running Tinyforge, while somebody asks for it through the proxy.

import { freePort } from '../real/program.ts';
import type { RoutedController } from '../real/routed.ts';
import { startTinyforge, type TinyforgeProcess } from '../real/tinyforge.ts';
import { until } from '../real/until.ts';
import type { Span } from './percentiles.ts';

export interface Deployed extends AsyncDisposable {
  /** What Tinyforge has written so far. */
  output(): string;
  /** Writes the tag, and resolves when all of the deploy is done, with its beginning and end as `performance.now()`. */
  to(version: string): Promise<Span>;
  /** Writes the number of replicas, and resolves when the plan is done with it. */
  scale(version: string, replicas: number): Promise<Span>;
  /** Resolves when the status says so of that version. */
  converged(version: string): Promise<void>;
}

export async function startDeployed(
  { rig, domain }: RoutedController,
  options: { replicas: number; drainMs: number },
): Promise<Deployed> {
  rig.config.listen.port = await freePort();
  let { replicas } = options;
  const write = (version: string) =>
    rig.write(
      'shop.yaml',
      `kind: project
name: ${rig.name}
image: tinyforge-test/load
tag: ${version}
port: 8080
domains: [${domain}]
replicas: ${replicas}
healthcheck: { http: /healthz, interval: 200ms, timeout: 2s, retries: 5 }
stop_grace_period: 1s
drain: ${options.drainMs}ms
`,
    );
  const running: TinyforgeProcess = await startTinyforge(rig.config, { args: ['run'] });
  const isThere = async (version: string): Promise<boolean> => {
    const response = await fetch(`http://127.0.0.1:${rig.config.listen.port}/api/workloads`);
    const text = await response.text();
    return (
      text.includes('"outcome":"converged"') &&
      text.includes(`"runs":"${version}"`) &&
      text.includes(`"wants":"${version}"`)
    );
  };
  const converged = async (version: string): Promise<void> => {
    await until({
      what: `${version} to be all that is wanted`,
      look: () => isThere(version),
      everyMs: 50,
      timeoutMs: 60_000,
    }).catch((error: unknown) => {
      throw new Error(running.output().slice(-4_000), { cause: error });
    });
  };
  return {
    converged,
    output: () => running.output(),
    async scale(version, wanted) {
      const startMs = performance.now();
      replicas = wanted;
      await write(version);
      await until({
        what: `${wanted} replicas`,
        look: async () => (await rig.containers()).length === wanted,
        everyMs: 50,
        timeoutMs: 60_000,
      });
      await converged(version);
      return { startMs, endMs: performance.now() };
    },
    async to(version) {
      const startMs = performance.now();
      await write(version);
      await converged(version);
      return { startMs, endMs: performance.now() };
    },
    [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
  };
}
