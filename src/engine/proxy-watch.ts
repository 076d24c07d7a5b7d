// Whether the proxy reaches containers, asked at the start of `run` and again while it does not: told, never waited for.
import { problem } from '../core/problem.ts';
import type { Problem } from '../model/problem.ts';
import type { EngineDeps } from './deps.ts';
import { checkProxyReach } from './proxy-reach.ts';

const LONGEST_MS = 30_000;

export interface ProxyWatch {
  problems(): readonly Problem[];
  /** Asks if nobody has yet, or if it was ill a resync ago. Resolves to whether what is told has changed; never rejects. */
  look(signal: AbortSignal): Promise<boolean>;
}

export function createProxyWatch(deps: EngineDeps): ProxyWatch {
  let told: readonly Problem[] = [];
  let askedMs: number | null = null;
  let asking = false;

  function isDue(): boolean {
    if (deps.proxy === null || asking) return false;
    if (askedMs === null) return true;
    return told.length > 0 && deps.clock.nowMs() - askedMs >= deps.config.resyncMs;
  }

  async function ask(signal: AbortSignal): Promise<Problem[]> {
    const checks = await checkProxyReach(deps, AbortSignal.any([signal, AbortSignal.timeout(LONGEST_MS)]));
    return checks
      .filter(({ status }) => status === 'problem' || status === 'warning')
      .map(({ status, text, hint }) =>
        problem({
          severity: status === 'problem' ? 'warning' : 'info',
          reason: 'ProxyCannotReach',
          message: text,
          effect: 'Deploys go on; requests through the proxy may not.',
          hint: hint ?? 'see `tinyforge doctor`',
        }),
      );
  }

  return {
    problems: () => told,
    async look(signal) {
      if (!isDue()) return false;
      asking = true;
      try {
        const found = await ask(signal);
        const isNews = JSON.stringify(found) !== JSON.stringify(told);
        if (isNews)
          for (const { message, hint } of found)
            deps.log.warn('the proxy may not reach what it routes to', { message, hint });
        told = found;
        return isNews;
      } catch (error) {
        if (!signal.aborted)
          deps.log.debug('how the proxy reaches containers could not be looked at', { error });
        return false;
      } finally {
        asking = false;
        askedMs = deps.clock.nowMs();
      }
    },
  };
}
