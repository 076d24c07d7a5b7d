// Volumes of an engine: list, and make sure of one. Nothing here removes a volume.
import type { ControllerNames } from '../../core/controller-names.ts';
import { LABEL } from '../../model/labels.ts';
import type { ObservedVolume } from '../../model/observed.ts';
import type { Engine } from './engine.ts';
import { type Labels, maker } from './read-labels.ts';

export async function listVolumes(engine: Engine, names: ControllerNames): Promise<ObservedVolume[]> {
  const answer = (await engine.json({ path: '/volumes', ms: engine.deadlines.listMs })) as {
    Volumes?: { Name: string; Labels?: Labels | null }[] | null;
  };
  return (answer.Volumes ?? []).map(({ Name, Labels: labels }) => ({
    name: Name,
    controller: maker(labels ?? {}, names),
    workloadId: labels?.[LABEL.workloadId] ?? null,
  }));
}

/** An existing volume of that name is taken as it is, labels and data untouched. */
export async function ensureVolume(
  engine: Engine,
  name: string,
  labels: Record<string, string>,
): Promise<void> {
  await engine.write<unknown>({
    call: 'POST /volumes/create',
    ms: engine.deadlines.writeMs,
    run: (docker, { signal }) => docker.createVolume({ Name: name, Labels: labels, abortSignal: signal }),
  });
}
