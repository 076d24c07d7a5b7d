// POST /api/webhooks/NAME: a hint to look sooner (law 11). Verified over its raw bytes before anything is read of it.

import { createHash } from 'node:crypto';
import { answer } from '../../core/json-envelope.ts';
import type { WebhookConfig } from '../../model/config.ts';
import type { Hint, RawRequest } from '../../ports/receiver.ts';
import { failure, success } from '../api/envelope.ts';
import type { HintTargets, HttpDeps } from '../deps.ts';
import { readBody } from '../guards/body.ts';
import type { Handlers } from '../handler.ts';
import { type Answered, answered, refused } from '../refusal.ts';
import { createCoalescer } from './coalesce.ts';
import { createRate } from './rate.ts';
import { REFUSALS } from './refusals.ts';
import { kindOf, summaryOf } from './summary.ts';

const MOST_BYTES = 5 * 1024 * 1024;
/** Bodies in memory at the same time; with their size this bounds what strangers can make us hold. */
const MOST_AT_ONCE = 16;

type Outcome = 'accepted' | 'duplicate' | 'ignored';

export function hookRoutes(
  deps: Pick<
    HttpDeps,
    'controller' | 'store' | 'secrets' | 'metrics' | 'receivers' | 'match' | 'config' | 'clock' | 'log'
  >,
): Handlers<'POST /api/webhooks/:name'> {
  const { controller, store, secrets, metrics, receivers, match, config, clock, log } = deps;
  const mayCall = createRate(clock);
  const nudge = createCoalescer({
    clock,
    log,
    fire: ({ sources, units }) => {
      const why = 'a webhook said that something changed';
      // Apart, for an empty list means "all": joined they would narrow each other.
      if (sources.length > 0) controller.trigger({ why, sources: [...sources], units: [], refresh: true });
      if (units.length > 0) controller.trigger({ why, sources: [], units: [...units], refresh: true });
    },
  });
  let atOnce = 0;

  return {
    'POST /api/webhooks/:name': async (c) => {
      const hook = config.webhooks.find(({ name }) => name === c.req.param('name'));
      if (hook === undefined) return failure(c, REFUSALS.unknown);
      const result = await within(hook, c.req.raw);
      metrics.webhook({ hook: hook.name, result: result.ok ? result.value : 'refused' });
      if (!result.ok) {
        // Neither the path nor a header: for some senders the path is the secret.
        log.warn('A webhook delivery was refused', { sender: hook.sender, reason: result.refusal.reason });
        return failure(c, result.refusal);
      }
      log.info('A webhook delivery was taken', { sender: hook.sender, outcome: result.value });
      return success(c, answer('Delivery', clock.nowMs(), { outcome: result.value }), 202);
    },
  };

  async function within(hook: WebhookConfig, request: Request): Promise<Answered<Outcome>> {
    if (!mayCall(hook.name)) return refused(REFUSALS.tooMany);
    if (atOnce >= MOST_AT_ONCE) return refused(REFUSALS.busy);
    atOnce += 1;
    try {
      return await receive(hook, request);
    } finally {
      atOnce -= 1;
    }
  }

  async function receive(hook: WebhookConfig, request: Request): Promise<Answered<Outcome>> {
    const encoding = request.headers.get('content-encoding');
    if (encoding !== null && encoding !== 'identity') return refused(REFUSALS.encoding);
    const receiver = receivers.find(({ sender }) => sender === hook.sender);
    if (receiver === undefined) return refused(REFUSALS.cannotVerify);
    const body = await readBody(request, MOST_BYTES);
    if (!body.ok) return body;
    const raw: RawRequest = { headers: Object.fromEntries(request.headers), body: body.value };

    const secret = readSecret(hook);
    if (secret === null) return refused(REFUSALS.cannotVerify);
    if (!receiver.verify(raw, secret)) return refused(REFUSALS.signature);

    const hints = receiver.hints(raw);
    const targets = targetsOf(hook, hints);
    const relevant = targets.sources.length + targets.units.length > 0;
    const deliveryId = receiver.deliveryId(raw) ?? createHash('sha256').update(raw.body).digest('hex');
    const outcome = write(hook, { deliveryId, hints, outcome: relevant ? 'accepted' : 'ignored' });
    if (outcome === 'accepted') nudge(targets);
    return answered(outcome);
  }

  function readSecret(hook: WebhookConfig): string | null {
    try {
      const secret = secrets.get(hook.secret);
      if (secret === null || secret === '')
        log.error('The secret of a webhook is not known', { secret: hook.secret });
      return secret === '' ? null : secret;
    } catch (error) {
      log.error('The secret of a webhook cannot be read', { secret: hook.secret, error });
      return null;
    }
  }

  function targetsOf(hook: WebhookConfig, hints: readonly Hint[]): HintTargets {
    const found = hints.filter(({ kind }) => kind === 'git' || kind === 'image').map(match);
    const sources = new Set(found.flatMap((targets) => [...targets.sources]));
    const units = new Set(found.flatMap((targets) => [...targets.units]));
    const allowed = (name: string) => hook.sources.length === 0 || hook.sources.includes(name);
    return { sources: [...sources].filter(allowed), units: [...units] };
  }

  // A diary that cannot be written must not cost the hint: looking twice is harmless, not looking is not.
  function write(
    hook: WebhookConfig,
    facts: { deliveryId: string; hints: readonly Hint[]; outcome: 'accepted' | 'ignored' },
  ): Outcome {
    const { deliveryId, hints, outcome } = facts;
    try {
      const isNew = store.addDelivery({
        hook: hook.name,
        sender: hook.sender,
        deliveryId: deliveryId.slice(0, 200),
        receivedAtMs: clock.nowMs(),
        kind: kindOf(hints),
        summary: summaryOf(hints),
        outcome,
      });
      return isNew ? outcome : 'duplicate';
    } catch (error) {
      log.error('A webhook delivery could not be written down', { sender: hook.sender, error });
      return outcome;
    }
  }
}
