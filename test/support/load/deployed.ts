// A project, or a service of a stack, that is deployed again and again by a running Tinyforge, while somebody asks for it through the proxy.

import { freePort } from '../real/program.ts';
import type { Routed } from '../real/routed.ts';
import { startTinyforge, type TinyforgeProcess } from '../real/tinyforge.ts';
import { until } from '../real/until.ts';
import type { Span } from './percentiles.ts';
import { loadImageOf } from './web-image.ts';

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
  routed: Routed,
  options: { replicas: number; drainMs: number; warmUpS?: number },
): Promise<Deployed> {
  const { rig, domain } = routed;
  const environment =
    options.warmUpS === undefined ? '' : `environment: { WARM_UP_S: "${options.warmUpS}" }\n`;
  return start(routed, {
    replicas: options.replicas,
    write: (version, replicas) =>
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
${environment}`,
      ),
  });
}

/** The same as the only service of a stack, by a port that the engine chooses. */
export async function startDeployedStack(
  routed: Routed,
  { drainMs }: { drainMs: number },
): Promise<Deployed> {
  const { rig, domain } = routed;
  await rig.write(
    'app/stack.yaml',
    `kind: stack
name: ${rig.name}
services: { web: { domains: [${domain}], port: 8080, drain: ${drainMs}ms } }
`,
  );
  return start(routed, {
    replicas: 1,
    write: (version) =>
      rig.write(
        'app/compose.yaml',
        `services:
  web:
    image: ${loadImageOf(version)}
    init: true
    stop_grace_period: 1s
    ports: ["8080"]
    healthcheck: { test: ["CMD", "wget", "-qO-", "http://127.0.0.1:8080/healthz"], interval: 300ms, timeout: 5s, retries: 5 }
`,
      ),
  });
}

async function start(
  { rig }: Routed,
  what: { replicas: number; write: (version: string, replicas: number) => Promise<void> },
): Promise<Deployed> {
  rig.config.listen.port = await freePort();
  let { replicas } = what;
  const write = (version: string): Promise<void> => what.write(version, replicas);
  const running: TinyforgeProcess = await startTinyforge(rig.config, { args: ['run'] });
  const workloads = async (): Promise<string> =>
    (await fetch(`http://127.0.0.1:${rig.config.listen.port}/api/workloads`)).text();
  /** Nothing of another version is up, and the loop says that it is done. */
  const isThere = async (version: string): Promise<boolean> => {
    const up = (await rig.containers()).filter(({ state }) => state === 'running');
    if (up.length !== replicas || up.some(({ image }) => image !== loadImageOf(version))) return false;
    return (await workloads()).includes('"outcome":"converged"');
  };
  const converged = async (version: string): Promise<void> => {
    await until({
      what: `${version} to be all that is wanted`,
      look: () => isThere(version),
      everyMs: 50,
      timeoutMs: 60_000,
    }).catch(async (error: unknown) => {
      const sentences = await workloads().catch(String);
      throw new Error(`${sentences}\n${running.output().slice(-4_000)}`, { cause: error });
    });
  };
  return {
    converged,
    output: () => running.output(),
    async scale(version, wanted) {
      const startMs = performance.now();
      replicas = wanted;
      await write(version);
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
