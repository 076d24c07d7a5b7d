// A stack on the real engine by the real Compose: resolve, render and up as the loop does them.

import type { DesiredStack } from '../../src/model/desired.ts';
import type { StackModel } from '../../src/model/resolved.ts';
import type { ComposeRunner } from '../../src/ports/compose-runner.ts';
import { containersOf, type SeenContainer } from './compose-engine.ts';
import { makeStackPlace, type StackPlace } from './compose-place.ts';
import { type RealCompose, realCompose } from './compose-real.ts';
import { removeFromEngine } from './real/clean-up.ts';
import { sharedEngine, type TestEngine, uniqueName } from './real/engine.ts';

export interface StackRig extends StackPlace {
  engine: TestEngine;
  real: RealCompose;
  runner: ComposeRunner;
  /** One pass by hand: brings up the services whose containers are absent or carry another hash. Gives their names. */
  converge(desired: DesiredStack): Promise<string[]>;
  up(desired: DesiredStack, services: string[], which?: 'desired' | 'good'): Promise<string[]>;
  containers(): Promise<SeenContainer[]>;
}

export async function makeStackRig(
  purpose: string,
  options: { secrets?: Record<string, string>; redact?: (text: string) => string; engine?: TestEngine } = {},
): Promise<StackRig> {
  const engine = options.engine ?? sharedEngine();
  const name = uniqueName(purpose);
  const real = realCompose({
    engine: engine.dockerHost,
    ...(options.redact === undefined ? {} : { redact: options.redact }),
  });
  let runner: ComposeRunner | null = null;
  const stack = await makeStackPlace({
    name,
    compose: (paths) => {
      runner = real.compose(paths);
      return runner;
    },
    ...(options.secrets === undefined ? {} : { secrets: options.secrets }),
  });
  if (runner === null) throw new Error('no runner was made');
  const own: ComposeRunner = runner;
  const containers = () => containersOf(engine, name);

  async function up(
    desired: DesiredStack,
    services: string[],
    which: 'desired' | 'good' = 'desired',
  ): Promise<string[]> {
    const rendered = await stack.resolver.render(desired, which);
    const lines: string[] = [];
    try {
      await own.up({
        project: name,
        ...rendered,
        services,
        signal: new AbortController().signal,
        onLine: (line) => lines.push(line),
      });
    } finally {
      await rendered.discard();
    }
    return lines;
  }

  return Object.assign(stack, {
    engine,
    real,
    runner: own,
    containers,
    up,
    async converge(desired: DesiredStack) {
      const model = await stack.resolver.resolve(desired);
      if (model.pendingFiles !== null) await stack.resolver.materialise(desired);
      const wrong = wrongServices(model, await containers());
      await up(desired, wrong);
      return wrong;
    },
    [Symbol.asyncDispose]: async () => {
      await removeFromEngine(engine, { label: `com.docker.compose.project=${name}` });
      await stack.place.remove();
    },
  });
}

/** What the planner finds wrong, by labels alone. */
export function wrongServices(model: StackModel, containers: readonly SeenContainer[]): string[] {
  return Object.entries(model.services)
    .filter(([name, service]) => {
      const own = containers.filter(({ labels }) => labels['com.docker.compose.service'] === name);
      return (
        own.length !== service.scale ||
        own.some(({ labels }) => labels['tinyforge.spec-hash'] !== service.specHash)
      );
    })
    .map(([name]) => name);
}
