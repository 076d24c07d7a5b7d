// A real Docker adapter against a canned engine, with deadlines short enough to wait for.
import { createDockerRuntime, type DockerRuntimeOptions } from '../../src/adapters/docker/runtime.ts';
import type { ContainerRuntime } from '../../src/ports/container-runtime.ts';
import { type CannedEngine, startCannedEngine } from './canned-engine.ts';

export interface CannedRuntime extends AsyncDisposable {
  engine: CannedEngine;
  runtime: ContainerRuntime;
  /** Calls that the engine saw, without those that ask for its version. */
  calls(): string[];
}

export const SHORT = {
  readMs: 1_000,
  listMs: 1_000,
  sizeMs: 1_000,
  pingMs: 150,
  pingEveryMs: 100,
  createMs: 1_000,
  startMs: 1_000,
  stopExtraMs: 1_000,
  writeMs: 1_000,
  idleMs: 300,
};

export async function cannedRuntime(
  options: Partial<DockerRuntimeOptions> & { containers?: number } = {},
): Promise<CannedRuntime> {
  const engine = await startCannedEngine({ containers: options.containers });
  const runtime = createDockerRuntime({
    host: 'local',
    socketPath: engine.socketPath,
    controller: 'default',
    deadlines: SHORT,
    ...options,
  });
  return {
    engine,
    runtime,
    calls: () => engine.requests.map(({ call }) => call).filter((call) => call !== 'GET /version'),
    async [Symbol.asyncDispose]() {
      runtime.close();
      await engine.close();
    },
  };
}
