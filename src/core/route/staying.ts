// Whom a route leads to while some of those that share a name are leaving: the others, each by its own.
import type { Traffic, TrafficTarget } from '../../model/route.ts';

/**
 * A name cannot be taken from a container without cutting its connections, and for a while after it was taken the proxy
 * would go on asking the address that it looked up (NPM's nginx for 10 s: `resolver … valid=10s`). So the route leads to
 * those that stay by their own names first, whoever leaves gets its time and is stopped, and then the shared name is right
 * again: what a proxy looked up is forgotten with each write (ports/proxy-provider.ts).
 *
 * Null where the traffic leads neither to those that stay nor to `others`, which are the shared name and whoever leaves.
 */
export function trafficToStaying(
  traffic: Traffic | null,
  { staying, others }: { staying: readonly TrafficTarget[]; others: readonly string[] },
): Traffic | null {
  // What cannot be read may lead anywhere.
  if (traffic === null) return { main: staying, canary: null };
  const hosts = new Set([...others, ...staying.map(({ host }) => host)]);
  const isOfThem = ({ host }: TrafficTarget): boolean => hosts.has(host);
  const { main, canary } = traffic;
  if (![...main, ...(canary?.targets ?? [])].some(isOfThem)) return null;
  const replaced = (given: readonly TrafficTarget[]): readonly TrafficTarget[] =>
    given.some(isOfThem) ? staying : given;
  return {
    main: replaced(main),
    canary: canary === null ? null : { ...canary, targets: replaced(canary.targets) },
  };
}
