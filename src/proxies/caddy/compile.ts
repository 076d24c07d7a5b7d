// From a wish to Caddy's routes: one for the plain server, and a twin for the TLS server where that is wanted.

import { shortHash } from '../../core/canonical.ts';
import type { ControllerNames } from '../../core/controller-names.ts';
import type { ResolvedTraffic, RouteTarget, RouteWish } from '../../model/route.ts';
import type { CaddyHandler, CaddyRoute } from './config.ts';
import { forwardParts } from './forward.ts';
import { markHandler } from './mark.ts';
import { PREVIEW_HEADER, routeId, twinId, WHO_HEADER } from './names.ts';

export interface CompileContext extends ControllerNames {
  /** Keyed and one-way: the secret headers' values are made of it. */
  sign(text: string): string;
  /** Where TLS is asked from outside; null where that has no port of its own. */
  tlsPort: number;
}

export interface CompiledRoute {
  id: string;
  revision: string;
  plain: CaddyRoute;
  /** Null for plain HTTP. */
  twin: CaddyRoute | null;
}

/** What chooses and what answers: both are known to us and to the proxy alone. */
export function secretsOf(sign: CompileContext['sign'], key: string): { who: string; preview: string } {
  return { who: sign(`caddy who ${key}`), preview: sign('caddy preview') };
}

/** Deterministic: the same wish and traffic give the same bytes, so a second put has nothing to write. */
export function compileRoute({ wish, traffic }: Meant, context: CompileContext): CompiledRoute {
  const id = routeId(context.controller, wish.key);
  const secrets = secretsOf(context.sign, wish.key);
  const revision = shortHash([id, wish.target, wish.tls, wish.domains, traffic, secrets]).slice(0, 12);
  return { id, revision, ...compileParts({ wish, traffic }, { id, revision, secrets, context }) };
}

export interface Meant {
  wish: RouteWish;
  traffic: ResolvedTraffic | null;
}

/** Without secrets and revision of its own it is what a route is compared with: both take time, and neither counts. */
export function compileParts(
  { wish, traffic }: Meant,
  of: {
    id: string;
    revision: string;
    secrets: { who: string; preview: string };
    context: Pick<CompileContext, 'tlsPort'>;
  },
): Pick<CompiledRoute, 'plain' | 'twin'> {
  const { id, revision, secrets, context } = of;
  const mark = markHandler({ revision, share: traffic?.canary?.share ?? null });

  /** What the who-probe is told, and what everybody else gets. */
  function routeNamed(name: string, inner: readonly CaddyRoute[]): CaddyRoute {
    const target = targetParts({ name, target: wish.target, traffic });
    const told = whoParts({ name, secrets, traffic, revision });
    const parts = [...told, ...inner, ...target];
    return {
      '@id': name,
      match: [{ host: [...wish.domains] }],
      handle: [mark, { handler: 'subroute', routes: parts }],
      terminal: true,
    };
  }

  const { tls } = wish;
  return {
    plain: routeNamed(id, tls?.force === true ? forceParts(id, context.tlsPort) : []),
    twin: tls === null ? null : routeNamed(twinId(id), tls.hsts ? [hstsPart(twinId(id), tls)] : []),
  };
}

export const staticResponse = (
  status: number,
  more: { body?: string; headers?: Record<string, string[]> } = {},
): CaddyHandler => ({ handler: 'static_response', status_code: status, ...more });

function targetParts(of: {
  name: string;
  target: RouteTarget;
  traffic: ResolvedTraffic | null;
}): CaddyRoute[] {
  const { name, target, traffic } = of;
  const only = (handler: CaddyHandler): CaddyRoute[] => [
    { '@id': `${name}-target`, handle: [handler], terminal: true },
  ];
  if (target.type === 'forward')
    return traffic === null ? [] : forwardParts({ name, options: target.options, traffic });
  if (target.type === 'redirect') {
    const scheme = target.scheme === 'auto' ? '{http.request.scheme}' : target.scheme;
    const location = `${scheme}://${target.domain}${target.preservePath ? '{http.request.uri}' : ''}`;
    return only(staticResponse(target.code, { headers: { Location: [location] } }));
  }
  return only(staticResponse(404, { body: 'Nothing is served here.\n' }));
}

/** Answered by the proxy itself: which upstream this version of the route sends to. */
function whoParts(of: {
  name: string;
  secrets: { who: string; preview: string };
  traffic: ResolvedTraffic | null;
  revision: string;
}): CaddyRoute[] {
  const { name, secrets, traffic, revision } = of;
  const who = { [WHO_HEADER]: [secrets.who] };
  // By the beginning and not by a pattern: a thousand patterns make each change of the configuration slow.
  const previewed = { ...who, [PREVIEW_HEADER]: [`${secrets.preview} *`] };
  const main = (traffic?.main ?? []).map(({ host, port }) => `${host}:${port}`).join(',') || '-';
  return [
    {
      '@id': `${name}-who-preview`,
      match: [{ header: previewed }],
      handle: [staticResponse(200, { body: `{http.request.header.${PREVIEW_HEADER}} ${revision}` })],
      terminal: true,
    },
    {
      '@id': `${name}-who`,
      match: [{ header: who }],
      handle: [staticResponse(200, { body: `${main} ${revision}` })],
      terminal: true,
    },
  ];
}

/** Who came by an explicit port is sent to the explicit port of TLS; who came by 80 finds 443 by itself. */
function forceParts(name: string, tlsPort: number): CaddyRoute[] {
  const to = (port: string): CaddyHandler =>
    staticResponse(308, { headers: { Location: [`https://{http.request.host}${port}{http.request.uri}`] } });
  return [
    {
      '@id': `${name}-force-port`,
      match: [{ header_regexp: { Host: { pattern: ':[0-9]+$' } } }],
      handle: [to(tlsPort === 443 ? '' : `:${tlsPort}`)],
      terminal: true,
    },
    { '@id': `${name}-force`, handle: [to('')], terminal: true },
  ];
}

function hstsPart(name: string, { hstsSubdomains }: { hstsSubdomains: boolean }): CaddyRoute {
  const value = `max-age=63072000${hstsSubdomains ? '; includeSubDomains' : ''}`;
  return {
    '@id': `${name}-hsts`,
    handle: [{ handler: 'headers', response: { set: { 'Strict-Transport-Security': [value] } } }],
  };
}
