// The mark of a container that was taken over as it runs: what our labels would say, had it any.
import type { AdoptedContainer } from '../model/action.ts';
import type { Ours } from '../model/observed.ts';
import type { UnitRef } from '../model/unit.ts';

export function adoptedMark(
  { service, number, specHash, release }: Omit<AdoptedContainer, 'container' | 'name'>,
  { controller, unit, workloadId }: Pick<UnitRef, 'unit' | 'workloadId'> & { controller: string },
): Ours {
  return {
    controller,
    unit,
    workloadId,
    kind: 'stack',
    role: service,
    replica: number,
    specHash,
    imageDigest: '',
    release,
    adopted: true,
  };
}
