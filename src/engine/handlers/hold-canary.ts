// A canary's step: the new version serves its share for a while; ill health or errors through the proxy end it.
import { canaryFact } from '../../core/route/facts.ts';
import type { ActionOf } from '../../model/action.ts';
import { fault } from '../../model/errors.ts';
import { upstreamOf } from '../route-upstreams.ts';
import { watchHealth } from './canary-health.ts';
import { watchMetrics } from './canary-metrics.ts';
import type { HandlerContext } from './context.ts';
import { proxyOf } from './route.ts';

const LOOK_EVERY_MS = 1_000;
const ASK_TIMEOUT_MS = 5_000;
/** So few are asked in a short step that one bad answer must not decide alone; in a long one a few are no illness. */
const BAD_ENOUGH = 3;
const OF_THE_LAST = 60;
const LEAST_PATIENCE_MS = 60_000;

export async function holdCanary(action: ActionOf<'holdCanary'>, context: HandlerContext): Promise<void> {
  const { deps, runtime, signal, memory } = context;
  const endMs = deps.clock.nowMs() + action.ms;
  const health = watchHealth(action, context);
  const metrics = watchMetrics(action, context);
  /** A step does not end unmeasured; nor is it held for ever. */
  const patienceMs = endMs + Math.max(action.ms, LEAST_PATIENCE_MS);
  const preview = await upstreamOf(deps, runtime, action.target);
  /** Of the last ones, oldest first: whether each was bad. */
  const answers: boolean[] = [];
  while (true) {
    const ill = await health.look();
    if (ill !== null) throw await abort(action, context, ill);
    const answer = await proxyOf(context).ask(action.wish, {
      path: action.check.type === 'http' ? action.check.path : '/',
      preview,
      signal,
      timeoutMs: ASK_TIMEOUT_MS,
    });
    answers.push(answer.status >= 500);
    if (answers.length > OF_THE_LAST) answers.shift();
    const bad = answers.filter((isBad) => isBad).length;
    if (bad >= BAD_ENOUGH)
      throw await abort(action, context, `${bad} of ${answers.length} requests through the proxy failed`);
    const leftMs = endMs - deps.clock.nowMs();
    const beyond = await metrics.look(leftMs <= 0 ? 'all' : 'due');
    if (beyond !== null) throw await abort(action, context, beyond);
    const away = metrics.away();
    if (leftMs <= 0 && away === null && health.doubt() === null) break;
    if (away !== null && deps.clock.nowMs() >= patienceMs)
      throw await abort(action, context, `nobody could tell how it does: ${away}`);
    const share = `${Math.round(action.share * 1000) / 10} % of the clients`;
    context.progress(
      leftMs > 0
        ? `${share}, ${Math.ceil(leftMs / 1000)} s more`
        : `${share}, held: ${away ?? health.doubt()}`,
    );
    await deps.clock.sleep(leftMs > 0 ? Math.min(LOOK_EVERY_MS, leftMs) : LOOK_EVERY_MS, signal);
  }
  tellUnmeasured(action, context, metrics.withoutData());
  const facts = await runtime.inspectContainer(action.container);
  if (facts !== null) memory.facts.add(`${canaryFact(action.share)}:${facts.id}`);
}

/** A step that nobody asked anything of has no errors either: that it ended well is worth less than it looks. */
function tellUnmeasured(
  { share, version }: ActionOf<'holdCanary'>,
  { deps, desired }: HandlerContext,
  names: readonly string[],
): void {
  if (names.length === 0) return;
  deps.store.addEvent({
    atMs: deps.clock.nowMs(),
    severity: 'warn',
    unit: desired.unit,
    reason: 'CanaryUnmeasured',
    message: `${version} went on from ${Math.round(share * 1000) / 10} % of the clients although Prometheus had no data for ${names.join(', ')}`,
  });
}

async function abort(
  { version, share, container }: ActionOf<'holdCanary'>,
  { runtime }: HandlerContext,
  why: string,
): Promise<Error> {
  return fault({
    code: 'CANARY_FAILED',
    reason: 'CanaryFailed',
    message: `${version} was taken back at ${Math.round(share * 1000) / 10} % of the clients: ${why}`,
    disposition: 'version',
    evidence: await runtime.logs(container, { tail: 20 }).catch(() => []),
  });
}
