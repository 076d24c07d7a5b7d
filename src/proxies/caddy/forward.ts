// Where requests are sent: locations first, then a canary's clients, then everybody else; and the preview before all.
import type { ForwardOptions, ResolvedTraffic, RouteLocation, Upstream } from '../../model/route.ts';
import { FRESH_TICKET, hasTicket, hasTicketBelow, ticketPattern } from './canary.ts';
import type { CaddyHandler, CaddyRoute } from './config.ts';
import { canaryCookie } from './names.ts';

/** How long another upstream, or the same one, is tried when one does not take connections. */
const TRY_FOR = '2s';
const TRY_EVERY = '100ms';

export function forwardParts(of: {
  name: string;
  options: ForwardOptions;
  traffic: ResolvedTraffic;
}): CaddyRoute[] {
  const { name, options, traffic } = of;
  return [
    ...(options.websockets ? [] : [noUpgradePart(name)]),
    ...options.locations.map((location, index) => locationPart(`${name}-location-${index}`, location)),
    ...canaryParts(name, traffic),
    { '@id': `${name}-main`, handle: [proxyTo(traffic.main)], terminal: true },
  ];
}

/** Caddy lets every protocol through that is asked for; without this header none is. */
const noUpgradePart = (name: string): CaddyRoute => ({
  '@id': `${name}-websockets`,
  handle: [{ handler: 'headers', request: { delete: ['Upgrade'] } }],
});

export const dialOf = ({ host, port }: Upstream): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

/** Several share evenly; a connection that is refused is tried with the next one, for no byte was sent yet. */
function proxyTo(upstreams: readonly Upstream[]): CaddyHandler {
  return {
    handler: 'reverse_proxy',
    upstreams: upstreams.map((upstream) => ({ dial: dialOf(upstream) })),
    load_balancing: {
      selection_policy: { policy: 'round_robin' },
      try_duration: TRY_FOR,
      try_interval: TRY_EVERY,
    },
    ...transportOf(upstreams[0]?.scheme ?? 'http'),
  };
}

/** A certificate inside of one's own network is nobody's proof; the route's names have their own outside. */
export function transportOf(scheme: Upstream['scheme']): { transport?: Record<string, unknown> } {
  return scheme === 'http' ? {} : { transport: { protocol: 'http', tls: { insecure_skip_verify: true } } };
}

function canaryParts(name: string, { canary }: ResolvedTraffic): CaddyRoute[] {
  if (canary === null || canary.upstreams.length === 0 || canary.share <= 0) return [];
  const cookie = canaryCookie(name.replace(/-tls$/, ''));
  const noTicket = { not: [{ header_regexp: { Cookie: { pattern: hasTicket(cookie) } } }] };
  const ticket = `${cookie}=${FRESH_TICKET}; Path=/; HttpOnly; SameSite=Lax`;
  return [
    {
      '@id': `${name}-ticket`,
      match: [noTicket],
      handle: [{ handler: 'headers', response: { add: { 'Set-Cookie': [ticket] }, deferred: true } }],
    },
    {
      '@id': `${name}-canary`,
      match: [
        { header_regexp: { Cookie: { pattern: hasTicketBelow(cookie, canary.share) } } },
        { ...noTicket, vars_regexp: { [FRESH_TICKET]: { pattern: `^${ticketPattern(canary.share)}` } } },
      ],
      handle: [proxyTo(canary.upstreams)],
      terminal: true,
    },
  ];
}

/** A prefix, as nginx's locations are. With a path of its own the prefix is replaced by it. */
function locationPart(name: string, { path, upstream, forwardPath }: RouteLocation): CaddyRoute {
  const prefix = path.replace(/\/+$/, '');
  const rewrites: CaddyHandler[] =
    forwardPath === null
      ? []
      : [
          { handler: 'rewrite', strip_path_prefix: prefix },
          { handler: 'rewrite', uri: `${forwardPath.replace(/\/+$/, '')}{http.request.uri}` },
        ];
  return {
    '@id': name,
    match: [{ path: path === '/' ? ['/*'] : [path, `${prefix}/*`] }],
    handle: [...rewrites, proxyTo([upstream])],
    terminal: true,
  };
}
