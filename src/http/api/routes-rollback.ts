// POST /api/workloads/:id/rollback: back to an earlier version. Answers 202 at once, or 200 when it has come to rest.
import type { Context } from 'hono';
import { answer } from '../../core/json-envelope.ts';
import { rollbackJson } from '../../core/json-rollback.ts';
import { isFault } from '../../model/errors.ts';
import type { HttpDeps } from '../deps.ts';
import { readJsonObject } from '../guards/body.ts';
import type { Handlers } from '../handler.ts';
import { type Answered, answered, badRequest, quoted, refused } from '../refusal.ts';
import { failure, success } from './envelope.ts';

const MOST_BYTES = 64 * 1024;
const LONGEST_WAIT_MS = 10 * 60_000;
const KEYS = ['unit', 'to', 'by', 'wait'];

type Body = Readonly<Record<string, unknown>>;

export function rollbackRoutes(
  deps: Pick<HttpDeps, 'controller' | 'clock'>,
): Handlers<'POST /api/workloads/:id/rollback' | 'POST /api/workloads/:id/:stage/rollback'> {
  const { controller, clock } = deps;

  async function rollBack(c: Context): Promise<Response> {
    const body = await readJsonObject(c.req.raw, MOST_BYTES);
    if (!body.ok) return failure(c, body.refusal);
    const stage = c.req.param('stage');
    const address = `${c.req.param('id') ?? ''}${stage === undefined ? '' : `/${stage}`}`;
    const unit = unitOf(address, body.value);
    if (!unit.ok) return failure(c, unit.refusal);
    const order = orderOf(body.value);
    if (!order.ok) return failure(c, order.refusal);
    const { wait, ...rest } = order.value;
    const limit = new AbortController();
    const signal = AbortSignal.any([limit.signal, c.req.raw.signal]);
    try {
      const done = await controller.rollBack({ unit: unit.value, ...rest });
      const told = (settled: boolean) => {
        const status = controller.overview().units.find((entry) => entry.unit === unit.value) ?? null;
        return answer('Rollback', clock.nowMs(), rollbackJson(done, settled ? status : null));
      };
      if (!wait) return success(c, told(false), 202);
      const late = clock.sleep(LONGEST_WAIT_MS, signal).then(
        () => limit.abort(),
        () => {},
      );
      try {
        await controller.settled({ units: [unit.value], signal });
        return success(c, told(true));
      } catch (error) {
        if (!signal.aborted) throw error;
        return success(c, told(false), 202);
      } finally {
        limit.abort();
        await late;
      }
    } catch (error) {
      if (!isFault(error)) throw error;
      const { code, reason, message, hint } = error;
      return failure(c, { status: 409, code, reason, message, hint });
    }
  }

  function unitOf(address: string, { unit }: Body): Answered<string> {
    if (unit !== undefined && typeof unit !== 'string')
      return refused(
        badRequest('WrongType', '`unit` must be a name, such as "shop/prod".', 'Nothing was changed.'),
      );
    const found = controller
      .overview()
      .units.filter((entry) => [entry.unit, entry.name, entry.workloadId].includes(address))
      .filter((entry) => unit === undefined || entry.unit === unit);
    const [only] = found;
    if (only !== undefined && found.length === 1) return answered(only.unit);
    if (found.length > 1) {
      const names = found.map((entry) => entry.unit).join(', ');
      return refused(
        badRequest('WorkloadAmbiguous', `${quoted(address)} is ${names}.`, 'Name one as `unit`.'),
      );
    }
    return refused({
      status: 404,
      code: 'WORKLOAD_UNKNOWN',
      reason: 'WorkloadUnknown',
      message: `No workload is called ${quoted(unit ?? address)}.`,
      hint: 'GET /api/workloads lists all; an address is `project.shop`, `shop/prod` or `shop`.',
    });
  }

  return {
    'POST /api/workloads/:id/rollback': rollBack,
    'POST /api/workloads/:id/:stage/rollback': rollBack,
  };
}

function orderOf(body: Body): Answered<{ to: number | null; by: string; wait: boolean }> {
  const odd = Object.keys(body).find((key) => !KEYS.includes(key));
  if (odd !== undefined)
    return refused(
      badRequest('UnknownKey', `${quoted(odd)} is not a key of a rollback.`, `Known are ${KEYS.join(', ')}.`),
    );
  const { to = null, by = 'somebody over the API', wait = false } = body;
  if (to !== null && (typeof to !== 'number' || !Number.isInteger(to) || to < 1))
    return wrongType('to', 'the number of a version, from 1');
  if (typeof by !== 'string' || !/^[\p{L}\p{N} ._@-]{1,64}$/u.test(by))
    return wrongType('by', 'a name of at most 64 letters');
  if (typeof wait !== 'boolean') return wrongType('wait', 'true or false');
  return answered({ to, by, wait });
}

function wrongType(key: string, wanted: string) {
  return refused(badRequest('WrongType', `\`${key}\` must be ${wanted}.`, 'Nothing was changed.'));
}
