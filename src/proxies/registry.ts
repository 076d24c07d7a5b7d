// The reverse proxies that can be driven, one typed line each.
import type { ProxyFactory } from '../ports/proxy-provider.ts';
import { caddy } from './caddy/factory.ts';
import { nginxProxyManager } from './nginx-proxy-manager/factory.ts';

export const proxies: readonly ProxyFactory[] = [nginxProxyManager, caddy];
