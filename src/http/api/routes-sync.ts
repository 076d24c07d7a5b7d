// POST /api/sync: look now. Answers 202 at once, or 200 when what was asked for has come to rest.
import { answer } from '../../core/json-envelope.ts';
import { unitJson } from '../../core/json-status.ts';
import type { HttpDeps } from '../deps.ts';
import { readJsonObject } from '../guards/body.ts';
import type { Handlers } from '../handler.ts';
import { failure, success } from './envelope.ts';
import { readSyncRequest } from './sync-request.ts';

const MOST_BYTES = 64 * 1024;

export function syncRoutes(deps: Pick<HttpDeps, 'controller' | 'clock'>): Handlers<'POST /api/sync'> {
  const { controller, clock } = deps;
  return {
    'POST /api/sync': async (c) => {
      const body = await readJsonObject(c.req.raw, MOST_BYTES);
      if (!body.ok) return failure(c, body.refusal);
      const request = readSyncRequest(body.value, controller.overview());
      if (!request.ok) return failure(c, request.refusal);
      const { units, sources, prune, wait, timeoutMs } = request.value;
      const told = (settled: boolean) =>
        answer('Sync', clock.nowMs(), {
          units,
          sources,
          settled,
          items: settled ? namedUnits(deps, units) : [],
        });
      const trigger = () =>
        controller.trigger({ why: 'asked for over the API', units, sources, refresh: true, prune });
      if (!wait) {
        trigger();
        return success(c, told(false), 202);
      }

      const limit = new AbortController();
      const signal = AbortSignal.any([limit.signal, c.req.raw.signal]);
      // Listening begins before the trigger, or the pass that we wait for could be over already.
      const settled = controller.settled({ units, signal });
      trigger();
      const late = clock.sleep(timeoutMs, signal).then(
        () => limit.abort(),
        () => {},
      );
      try {
        await settled;
        return success(c, told(true));
      } catch (error) {
        if (!signal.aborted) throw error;
        return success(c, told(false), 202);
      } finally {
        limit.abort();
        await late;
      }
    },
  };
}

function namedUnits({ controller }: Pick<HttpDeps, 'controller'>, names: readonly string[]) {
  const units = controller.overview().units;
  return units.filter((unit) => names.length === 0 || names.includes(unit.unit)).map(unitJson);
}
