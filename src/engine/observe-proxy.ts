// What the proxy has: one look a pass. A proxy that is away is unknown, not empty. What is left beside its routes goes at the end.
import { problem } from '../core/problem.ts';
import { ledNames } from '../core/route/led-names.ts';
import { indexRoutes } from '../core/route/route-index.ts';
import type { ProxyFacts } from '../core/route/routes-world.ts';
import { isFault } from '../model/errors.ts';
import type { Problem } from '../model/problem.ts';
import type { EngineDeps } from './deps.ts';

type Deps = Pick<EngineDeps, 'config' | 'proxy'>;

/** Null where no proxy is configured. Never rejects. */
export async function observeProxy({ config, proxy }: Deps, signal: AbortSignal): Promise<ProxyFacts | null> {
  if (config.proxy === null || proxy === null) return null;
  const { reach, network, address, drift } = config.proxy;
  const facts = {
    reach,
    network,
    address,
    drift,
    controller: config.controller,
    compare: proxy.compare,
    refuses: proxy.refuses,
    remarks: proxy.remarks,
  };
  try {
    const { routes } = await proxy.list(signal);
    return {
      ...facts,
      routes,
      away: null,
      index: indexRoutes(routes, config.controller),
      leads: ledNames(routes, config.proxy, config.controller),
    };
  } catch (error) {
    const away = awayProblem(error);
    return { ...facts, routes: null, away, index: indexRoutes([], config.controller), leads: new Map() };
  }
}

/** What it could not do is its own to tell and to do again. Rejects where the signal ends it. */
export async function tidyProxy({ proxy }: Pick<EngineDeps, 'proxy'>, signal: AbortSignal): Promise<void> {
  await proxy?.tidy?.(signal);
}

function awayProblem(error: unknown): Problem {
  return problem({
    reason: isFault(error) ? error.reason : 'ProxyAway',
    message: isFault(error) ? error.message : `The proxy does not answer: ${String(error).slice(0, 200)}`,
    effect: 'Routes stay as they are, and no version is switched.',
    hint: (isFault(error) ? error.hint : null) ?? 'see `tinyforge doctor`',
    next: 'Looked at again in each pass.',
  });
}
