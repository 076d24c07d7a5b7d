// Wishes for routes as manifests give them, with everything plain unless a test says otherwise.
import type { ForwardOptions, ResolvedTraffic, RouteWish, Upstream } from '../../../src/model/route.ts';

export const PLAIN: ForwardOptions = {
  websockets: false,
  caching: false,
  blockExploits: false,
  accessList: null,
  locations: [],
  advancedConfig: '',
};

/** `shop/prod` and `shop.example.test`, unless named. */
export function forwardWish(
  more: Partial<Omit<RouteWish, 'target'>> & { options?: Partial<ForwardOptions> } = {},
): RouteWish {
  const { options, ...rest } = more;
  return {
    key: 'shop/prod',
    unit: 'shop/prod',
    domains: ['shop.example.test'],
    tls: null,
    ...rest,
    target: { type: 'forward', options: { ...PLAIN, ...options } },
  };
}

export function toAll(...main: Upstream[]): ResolvedTraffic {
  return { main, canary: null };
}
