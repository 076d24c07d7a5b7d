// What is told of this proxy when it does not do what was asked: one sentence, what helps, and how it is handled.
import { type Fault, fault } from '../../model/errors.ts';
import { quote } from '../quote.ts';

/** No answer, a broken one, or a 5xx that is not about the request. */
export function proxyAway(url: string, facts: { why: string; cause?: unknown }): Fault {
  return fault({
    code: 'PROXY_AWAY',
    reason: 'ProxyAway',
    message: `Nginx Proxy Manager at ${url} does not answer as it should: ${facts.why}`,
    hint: 'What is routed stays as it is. `tinyforge doctor` shows how the proxy is reached.',
    disposition: 'retry',
    cause: facts.cause,
  });
}

/** Somebody else's change got in between; the same write works when it is alone. */
export function proxyBusy(why: string): Fault {
  return fault({
    code: 'PROXY_BUSY',
    reason: 'ProxyBusy',
    message: `Nginx Proxy Manager was being changed by somebody else: ${quote(why)}`,
    hint: 'Nothing to do: the next pass writes it again.',
    disposition: 'retry',
  });
}

export function loginRefused(url: string, facts: { account: string; why: string }): Fault {
  return fault({
    code: 'PROXY_LOGIN_REFUSED',
    reason: 'ProxyLoginRefused',
    message: `Nginx Proxy Manager at ${url} does not let ${facts.account} in: ${quote(facts.why)}`,
    hint: 'Check `proxy.email` and the secret that `proxy.password` names.',
    disposition: 'stalled',
  });
}

export function needsTwoFactor(account: string): Fault {
  return fault({
    code: 'PROXY_NEEDS_TWO_FACTOR',
    reason: 'ProxyNeedsTwoFactor',
    message: `Login refused: the account ${account} of Nginx Proxy Manager has two-factor login on`,
    hint: 'Make an account of its own without it (proxy hosts: manage), or name the secret with its TOTP key in `proxy.totp`.',
    disposition: 'stalled',
  });
}

export function proxyForbidden(facts: { account: string; what: string }): Fault {
  return fault({
    code: 'PROXY_FORBIDDEN',
    reason: 'ProxyForbidden',
    message: `The account ${facts.account} of Nginx Proxy Manager may not use ${facts.what}`,
    hint: 'Give it visibility of all items, and `manage` for proxy hosts and whatever else is routed.',
    disposition: 'stalled',
  });
}

export function secretMissing(name: string): Fault {
  return fault({
    code: 'SECRET_MISSING',
    reason: 'SecretMissing',
    message: `The secret ${name}, which the proxy needs, is not known`,
    hint: 'Put it into the secrets folder; `tinyforge doctor` shows where that is.',
    disposition: 'stalled',
  });
}

/** A stranger has the name, or the port. */
export function routeConflict(what: string, holder: string): Fault {
  return fault({
    code: 'ROUTE_CONFLICT',
    reason: 'RouteConflict',
    message: `${what} belongs to ${holder} in Nginx Proxy Manager, which is not ours`,
    hint: 'Remove it there, choose another name, or take it over with `adopt: true`.',
    disposition: 'stalled',
  });
}

/** The proxy does not take it, or took it and does not serve it. `why` is cut and has no line breaks. */
export function routeRefused(what: string, facts: { why: string; hint?: string | undefined }): Fault {
  return fault({
    code: 'ROUTE_REFUSED',
    reason: 'RouteRefused',
    message: `${what} is not served by Nginx Proxy Manager: ${quote(facts.why)}`,
    hint: facts.hint ?? 'Change what it names in the manifest; what was routed before is kept.',
    disposition: 'stalled',
  });
}

/** It says yes, but its workers do not serve what was meant. */
export function routeNotServed(what: string, why: string): Fault {
  return fault({
    code: 'ROUTE_NOT_SERVED',
    reason: 'RouteNotServed',
    message: `Nginx Proxy Manager took ${what}, but it does not serve it: ${quote(why)}`,
    hint: 'Check `proxy.traffic`: it is where we ask what it serves.',
    disposition: 'retry',
  });
}
