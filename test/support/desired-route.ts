// A route as a manifest without further words wants it.
import { PLAIN_FORWARD } from '../../src/core/route/complete.ts';
import type { DesiredRoute } from '../../src/model/desired.ts';

export function routeOf(more: Partial<DesiredRoute> = {}): DesiredRoute {
  const plain = { domains: [], subdomain: null, port: null, scheme: 'http' as const, tls: null };
  return { ...plain, options: PLAIN_FORWARD, ...more };
}
