// Writes our labels into a resolved model, so that what Compose makes is known as ours.
import { LABEL } from '../model/labels.ts';
import type { UnitRef } from '../model/unit.ts';
import { doubled, type Json, map, type ResolvedModel, text, undoubled } from './compose-model.ts';

export interface Ownership {
  ref: Pick<UnitRef, 'unit' | 'workloadId'>;
  controller: string;
  /** Where it was renamed: what its networks and volumes go on being labelled by, and what it was called. */
  home?: string | undefined;
  renamedFrom?: string | undefined;
  /** Networks and volumes of a project that others began stay without: later versions of Compose remake what differs. */
  parts?: 'all' | 'services';
}

/**
 * Services carry all of ours, networks and volumes only whose they are. What is external is somebody else's and stays
 * as it is. Only stable facts: a label that changes recreates its container.
 */
export function labelled(
  model: ResolvedModel,
  { ref, controller, home = ref.workloadId, renamedFrom, parts = 'all' }: Ownership,
  specHashes: Readonly<Record<string, string>>,
): ResolvedModel {
  const owned = {
    [LABEL.managed]: 'true',
    [LABEL.controller]: controller,
    [LABEL.workloadId]: ref.workloadId,
  };
  const services = Object.entries(model.services).map(([name, service]) => [
    name,
    withLabels(service, {
      ...owned,
      [LABEL.unit]: ref.unit,
      [LABEL.workloadKind]: 'stack',
      [LABEL.role]: name,
      [LABEL.specHash]: specHashes[name] ?? '',
      [LABEL.release]: releaseOf(undoubled(text(service.image) ?? '')),
      ...(renamedFrom === undefined ? {} : { [LABEL.renamedFrom]: renamedFrom }),
    }),
  ]);
  const own = (each: Readonly<Record<string, Json>>) =>
    Object.fromEntries(
      Object.entries(each).map(([key, part]) => [
        key,
        part.external === true || parts === 'services'
          ? part
          : withLabels(part, { ...owned, [LABEL.workloadId]: home }),
      ]),
    );
  return {
    ...model,
    services: Object.fromEntries(services),
    networks: own(model.networks),
    volumes: own(model.volumes),
  };
}

function withLabels(part: Json, labels: Readonly<Record<string, string>>): Json {
  const written = Object.entries(labels).map(([key, value]) => [key, doubled(value)]);
  return { ...part, labels: { ...map(part.labels), ...Object.fromEntries(written) } };
}

/** What people call the version of an image: its tag, else the beginning of its digest. */
export function releaseOf(image: string): string {
  const [name = '', digest] = image.split('@');
  const tag = name.slice(name.lastIndexOf('/') + 1).split(':')[1];
  return tag ?? digest?.replace(/^sha256:/, '').slice(0, 7) ?? 'latest';
}
