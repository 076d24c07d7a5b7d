// The reverse proxies that can be driven, one typed line each.
import type { ProxyFactory } from '../ports/proxy-provider.ts';
import { caddy } from './caddy/factory.ts';

export const proxies: readonly ProxyFactory[] = [caddy];
