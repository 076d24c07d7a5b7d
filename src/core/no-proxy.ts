// Domains are taken, but nothing routes them yet: said in the plan, so that nobody waits for traffic.
import type { Desired } from '../model/desired.ts';
import type { Problem } from '../model/problem.ts';
import { problem } from './problem.ts';

export function noProxyNotice(desired: Desired): Problem | null {
  const names = routedNames(desired);
  if (names.length === 0) return null;
  return problem({
    severity: 'info',
    reason: 'NoProxy',
    message: `${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} not routed: no proxy is configured`,
    workload: desired.unit,
    source: desired.source,
    file: desired.place.file,
    line: desired.place.line,
  });
}

function routedNames(desired: Desired): string[] {
  const routes =
    desired.kind === 'stack'
      ? Object.values(desired.services).flatMap(({ route }) => (route === null ? [] : [route]))
      : desired.route === null
        ? []
        : [desired.route];
  return routes.flatMap((route) => [
    ...route.domains,
    ...(route.subdomain === null ? [] : [route.subdomain]),
  ]);
}
