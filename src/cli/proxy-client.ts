// What the controller says about routes: the list, and whether a new one was taken.
import type { ProxyJson } from '../core/json-proxy.ts';
import { fault } from '../model/errors.ts';
import { type Client, type ClientAnswer, part } from './client.ts';

/** Faults: ControllerAway, RoutesRefused. */
export async function askRoutes(client: Client, signal: AbortSignal): Promise<ProxyJson[]> {
  const answered = await client.call({ method: 'GET', path: '/api/proxies', signal });
  const items = part(part(answered.answer, 'data'), 'items');
  if (answered.ok && Array.isArray(items)) return items as ProxyJson[];
  const { message, hint } = wordsOf(answered);
  throw fault({
    code: 'ROUTES_REFUSED',
    reason: 'RoutesRefused',
    message: `The controller at ${client.address} did not list its routes: ${message}`,
    hint: hint ?? undefined,
    disposition: 'stalled',
  });
}

export interface MadeRoute {
  file: string;
  source: string;
  /** Null in a directory. */
  commit: string | null;
  branch: string | null;
  takes_effect: boolean;
}

export type AddedRoute =
  | { type: 'done'; data: MadeRoute }
  | { type: 'refused'; message: string; hint: string | null; problems: string[]; patch: string | null };

/** Faults: ControllerAway. */
export async function addProxy(
  client: Client,
  manifest: { name: string; domains: readonly string[]; forward: string },
  { source, force, signal }: { source: string | null; force: boolean; signal: AbortSignal },
): Promise<AddedRoute> {
  const query = new URLSearchParams({
    ...(source === null ? {} : { source }),
    ...(force ? { force: 'true' } : {}),
  });
  const path = `/api/proxies${query.size === 0 ? '' : `?${query}`}`;
  const answered = await client.call({ method: 'POST', path, body: manifest, signal });
  if (answered.ok) return { type: 'done', data: part(answered.answer, 'data') as MadeRoute };
  const error = part(answered.answer, 'error');
  const patch = part(error, 'patch');
  const problems = part(error, 'problems');
  return {
    type: 'refused',
    ...wordsOf(answered),
    // The first one is the message already.
    problems: Array.isArray(problems)
      ? problems.slice(1).map((problem) => String(part(problem, 'message')))
      : [],
    patch: typeof patch === 'string' ? patch : null,
  };
}

function wordsOf({ status, answer }: ClientAnswer): { message: string; hint: string | null } {
  const error = part(answer, 'error');
  const [message, hint] = [part(error, 'message'), part(error, 'hint')];
  return {
    message: typeof message === 'string' ? message : `it answered ${status}`,
    hint: typeof hint === 'string' ? hint : null,
  };
}
