// Nginx Proxy Manager as one of the proxies that can be named in the configuration.
import type { ProxyFactory } from '../../ports/proxy-provider.ts';
import { createProvider, NAME } from './provider.ts';

export const nginxProxyManager: ProxyFactory = { name: NAME, open: (options) => createProvider(options) };
