// What is done to the proxy: routes put and removed, and the new version asked through it before anybody is sent there.
import type { ActionOf } from '../../model/action.ts';
import { fault } from '../../model/errors.ts';
import type { ProxyAnswer, ProxyProvider } from '../../ports/proxy-provider.ts';
import { resolveTraffic, upstreamFrom, upstreamOf } from '../route-upstreams.ts';
import type { HandlerContext } from './context.ts';

const ASK_TIMEOUT_MS = 10_000;
const ASK_TRIES = 3;
const ASK_PAUSE_MS = 300;
/** A proxy's own words for "I could not reach it". */
const UNREACHED = new Set([502, 503, 504]);

export async function putRoute(action: ActionOf<'putRoute'>, context: HandlerContext): Promise<void> {
  const { deps, runtime, signal } = context;
  const traffic = action.traffic === null ? null : await resolveTraffic(deps, runtime, action.traffic);
  await proxyOf(context).put({ wish: action.wish, traffic, adopt: action.adopt }, signal);
}

export async function removeRoute(action: ActionOf<'removeRoute'>, context: HandlerContext): Promise<void> {
  await proxyOf(context).remove(action.id, context.signal);
}

/**
 * The version is at fault where the proxy reached it and it answers with an error, or where it reaches the one before
 * and not this one. Where the proxy reaches neither, the way between them is at fault, and no version is judged.
 */
export async function proveRoute(action: ActionOf<'proveRoute'>, context: HandlerContext): Promise<void> {
  const { deps, runtime, signal, memory } = context;
  const proxy = proxyOf(context);
  // Who is asked, not who has the name when the answer is there.
  const facts = await runtime.inspectContainer(action.container);
  const preview =
    action.target.host === action.container
      ? upstreamFrom(deps.config.proxy, { target: action.target, facts })
      : await upstreamOf(deps, runtime, action.target);
  const path = action.path ?? '/';
  let answer: ProxyAnswer | null = null;
  for (let tries = 1; tries <= ASK_TRIES; tries++) {
    answer = await proxy.ask(action.wish, { path, preview, signal, timeoutMs: ASK_TIMEOUT_MS });
    if (isGood(answer, action.path)) break;
    context.progress(`through the proxy GET ${path} answered ${answer.status}, try ${tries} of ${ASK_TRIES}`);
    if (tries < ASK_TRIES) await deps.clock.sleep(ASK_PAUSE_MS, signal);
  }
  if (answer === null || !isGood(answer, action.path)) throw await notProven(action, { context, answer });
  if (facts !== null) memory.facts.add(`routed:${facts.id}`);
}

/** A protected route answers 401 or 403 by itself: it was chosen and guarded, which is all that can be seen. */
function isGood({ status }: ProxyAnswer, path: string | null): boolean {
  if (UNREACHED.has(status)) return false;
  return path === null ? status < 500 : status < 400 || status === 401 || status === 403;
}

async function notProven(
  { wish, version, container, path }: ActionOf<'proveRoute'>,
  { context, answer }: { context: HandlerContext; answer: ProxyAnswer | null },
): Promise<Error> {
  const status = answer?.status ?? 0;
  const name = wish.domains[0] ?? wish.key;
  const before = UNREACHED.has(status)
    ? await proxyOf(context)
        .ask(wish, { path: '/', preview: null, signal: context.signal, timeoutMs: ASK_TIMEOUT_MS })
        .catch(() => null)
    : null;
  const message = `${version} answered GET ${path ?? '/'} through the proxy (${name}) with ${status}`;
  if (UNREACHED.has(status) && (before === null || UNREACHED.has(before.status)))
    return fault({
      code: 'PROXY_CANNOT_REACH',
      reason: 'ProxyCannotReach',
      message: `${message}: the proxy does not reach ${container}`,
      hint: '`tinyforge doctor` shows how the proxy reaches containers.',
      disposition: 'retry',
    });
  return fault({
    code: 'NOT_PROVEN',
    reason: 'NotProven',
    message,
    hint: 'The last log lines are kept: `tinyforge logs NAME --failed`.',
    disposition: 'version',
    evidence: [
      ...(answer === null || answer.body.trim() === '' ? [] : [answer.body.trim().slice(0, 2_000)]),
      ...(await context.runtime.logs(container, { tail: 20 }).catch(() => [])),
    ],
  });
}

export function proxyOf({ deps }: HandlerContext): ProxyProvider {
  if (deps.proxy !== null) return deps.proxy;
  throw fault({
    code: 'NO_PROXY',
    reason: 'NoProxy',
    message: 'No proxy is configured',
    hint: 'name one under `proxy:` in tinyforge.yaml',
    disposition: 'conflict',
  });
}
