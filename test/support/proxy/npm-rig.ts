// The test double of Nginx Proxy Manager as a rig for the contract of proxies.
import { createHmac } from 'node:crypto';
import { createSystemClock } from '../../../src/adapters/clock/system-clock.ts';
import type { ProxyConfig } from '../../../src/model/config.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { ProxyProvider } from '../../../src/ports/proxy-provider.ts';
import { LIMITS, type Limits } from '../../../src/proxies/nginx-proxy-manager/api.ts';
import { createProvider } from '../../../src/proxies/nginx-proxy-manager/provider.ts';
import { createMemoryLog, type MemoryLog } from '../memory-log.ts';
import type { LoggedRequest } from '../npm/http.ts';
import { getByName } from './get.ts';
import { type Hands, handsOn } from './npm-hands.ts';
import type { ProxyRig } from './rig.ts';

/** Where an instance is, the double or a real one, and who may use it. */
export interface NpmPlace {
  url: string;
  traffic: { http: string; https: string };
  email: string;
  password: string;
  /** What the double was asked so far; a real one does not tell. */
  requests?: readonly LoggedRequest[];
}

export interface NpmRig extends ProxyRig {
  hands: Hands;
  log: MemoryLog;
}

export interface NpmRigOptions {
  place: NpmPlace;
  config?: Partial<ProxyConfig>;
  secrets?: Readonly<Record<string, string>>;
  clock?: Clock;
  limits?: Limits;
  close?: () => Promise<void>;
}

export function createNpmRig(options: NpmRigOptions): NpmRig {
  const { place, clock = createSystemClock() } = options;
  const opened: ProxyProvider[] = [];
  const log = createMemoryLog();
  const hands = handsOn(place);
  const secretOf = (name: string): string | null =>
    name === 'npm' ? place.password : (options.secrets?.[name] ?? null);
  return {
    hands,
    log,
    open({ controller = 'test' } = {}) {
      const deps = {
        config: { ...configOf(place), ...options.config },
        controller,
        secrets: {
          get: secretOf,
          redact: (text: string) => text.replaceAll(place.password, '***'),
        },
        clock,
        log,
        sign: (text: string) => createHmac('sha256', 'a key of the tests').update(text).digest('hex'),
      };
      const provider = createProvider(deps, options.limits ?? LIMITS);
      opened.push(provider);
      return provider;
    },
    get: (domain, more = {}) => getByName(place.traffic.http, { domain, ...more }),
    writes: () => place.requests?.filter(isWrite).length ?? null,
    hand: hands,
    configRefusedByProxy: 'this_is_not_a_directive on;',
    adoption: 'keeps',
    async [Symbol.asyncDispose]() {
      for (const provider of opened) provider.close();
      await options.close?.();
    },
  };
}

/** A login changes nothing. */
export function isWrite({ method, path }: Pick<LoggedRequest, 'method' | 'path'>): boolean {
  return method !== 'GET' && !path.includes('/tokens');
}

export function configOf(place: NpmPlace): ProxyConfig {
  return {
    provider: 'nginx-proxy-manager',
    url: place.url,
    email: place.email,
    password: 'npm',
    totp: null,
    traffic: place.traffic,
    reach: 'published',
    network: null,
    address: '127.0.0.1',
    domain: null,
    subdomain: '{stage}-{project}.{domain}',
    drift: 'heal',
    tls: 'off',
    probe: false,
    drainMs: 10_000,
  };
}
