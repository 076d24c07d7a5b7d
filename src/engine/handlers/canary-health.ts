// Whether a canary is well while it has a part of the clients: that it runs without a crash, and what its own check says.
import type { ActionOf } from '../../model/action.ts';
import type { ContainerFacts } from '../../ports/container-runtime.ts';
import { probeContainer } from '../probe-container.ts';
import type { HandlerContext } from './context.ts';

export interface CanaryHealth {
  /** Resolves to why the version is bad, else null. */
  look(): Promise<string | null>;
  /** What a check said last that did not yet fail as often in a row as the manifest says; null where all is well. */
  doubt(): string | null;
}

export function watchHealth(
  { container, check }: ActionOf<'holdCanary'>,
  { deps, runtime }: Pick<HandlerContext, 'deps' | 'runtime'>,
): CanaryHealth {
  const { clock } = deps;
  let restarts: number | null = null;
  let misses = 0;
  let missedMs = Number.NEGATIVE_INFINITY;
  let doubt: string | null = null;

  /** With a restart policy it is up again before anybody looks. */
  function crash(facts: ContainerFacts | null): string | null {
    if (facts === null) return 'the container is gone';
    const { running, state, exitCode, restartCount } = facts;
    if (!running) return `the container ended with exit ${exitCode}`;
    const isAgain = state === 'restarting' || restartCount > (restarts ?? restartCount);
    restarts ??= restartCount;
    return isAgain ? `the container ended with exit ${exitCode}, and was started again` : null;
  }

  return {
    async look() {
      const facts = await runtime.inspectContainer(container);
      const ended = crash(facts);
      if (ended !== null || facts === null) return ended;
      if (check.type !== 'http' && check.type !== 'tcp')
        return facts.health.status === 'unhealthy' ? 'its health check fails' : null;
      const target = { runtime, prober: deps.prober, reach: deps.reach(runtime.host) };
      const { ok, asked, detail } = await probeContainer(target, container, check);
      doubt = ok || !asked ? null : detail;
      if (doubt === null) misses = 0;
      else if (clock.nowMs() - missedMs >= check.timing.intervalMs) {
        misses += 1;
        missedMs = clock.nowMs();
      }
      return misses >= check.timing.retries ? doubt : null;
    },
    doubt: () => doubt,
  };
}
