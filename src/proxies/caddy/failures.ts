// What is told of Caddy when it does not do what was asked: one sentence, what helps, and how it is handled.
import { type Fault, fault } from '../../model/errors.ts';
import { quote } from '../quote.ts';

export function proxyAway(where: string, why: string): Fault {
  return fault({
    code: 'PROXY_AWAY',
    reason: 'ProxyAway',
    message: `Caddy at ${where} does not answer as it should: ${quote(why)}`,
    hint: 'What is routed stays as it is. `tinyforge doctor` shows how the proxy is reached.',
    disposition: 'retry',
  });
}

export function proxyForbidden(where: string, why: string): Fault {
  return fault({
    code: 'PROXY_FORBIDDEN',
    reason: 'ProxyForbidden',
    message: `Caddy at ${where} does not let us in: ${quote(why)}`,
    hint: "Caddy's `admin.origins` must name the host of `proxy.url`.",
    disposition: 'stalled',
  });
}

export function routeConflict(what: string, holder: string): Fault {
  return fault({
    code: 'ROUTE_CONFLICT',
    reason: 'RouteConflict',
    message: `${what} belongs to ${holder} in Caddy, which is not ours`,
    hint: 'Remove it there, choose another name, or take it over with `adopt: true`.',
    disposition: 'stalled',
  });
}

export function routeRefused(what: string, why: string): Fault {
  return fault({
    code: 'ROUTE_REFUSED',
    reason: 'RouteRefused',
    message: `${what} is not served by Caddy: ${quote(why)}`,
    hint: 'Change what it names in the manifest; what was routed before is kept.',
    disposition: 'stalled',
  });
}

export function routeNotServed(what: string, why: string): Fault {
  return fault({
    code: 'ROUTE_NOT_SERVED',
    reason: 'RouteNotServed',
    message: `Caddy took ${what}, but it does not serve it: ${quote(why)}`,
    hint: 'Check `proxy.traffic`: it is where we ask what it serves.',
    disposition: 'retry',
  });
}
