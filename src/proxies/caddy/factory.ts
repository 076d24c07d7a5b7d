// Caddy as one of the proxies that can be named in the configuration.
import type { ProxyFactory } from '../../ports/proxy-provider.ts';
import { createCaddy } from './provider.ts';

export const caddy: ProxyFactory = { name: 'caddy', open: createCaddy };
