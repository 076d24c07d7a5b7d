// What the proxy does of a unit's routes in a lesser way than people may think: told in its plan.
import type { DesiredCommon } from '../../model/desired.ts';
import type { Problem } from '../../model/problem.ts';
import type { RoutesWorld } from '../../model/world.ts';
import { problem } from '../problem.ts';

export function routeRemarks(
  { unit, source, place, state }: Pick<DesiredCommon, 'unit' | 'source' | 'place' | 'state'>,
  proxy: RoutesWorld | null,
): Problem[] {
  if (proxy === null || state === 'stopped') return [];
  return proxy.routes.flatMap(({ remark, wish }) =>
    remark === null
      ? []
      : problem({
          severity: 'info',
          reason: 'PlainHttp',
          message: `${wish.domains[0] ?? wish.key} is served by plain HTTP: ${remark}`,
          hint: 'once there is one it is used; `tls: off` in the manifest says that none is meant',
          workload: unit,
          source,
          file: place.file,
          line: place.line,
        }),
  );
}
