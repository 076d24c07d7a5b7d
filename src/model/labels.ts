// The labels that mark what is ours. Labels cannot change on a live container, so only stable facts are here.

export const LABEL = {
  managed: 'tinyforge.managed',
  controller: 'tinyforge.controller',
  unit: 'tinyforge.unit',
  workloadId: 'tinyforge.workload.id',
  workloadKind: 'tinyforge.workload.kind',
  role: 'tinyforge.role',
  replica: 'tinyforge.replica',
  specHash: 'tinyforge.spec-hash',
  imageDigest: 'tinyforge.image-digest',
  release: 'tinyforge.release',
  renamedFrom: 'tinyforge.renamed-from',
} as const;

/** On images that we build. Containers inherit the labels of their image, so none of these makes a container ours. */
export const BUILT_LABEL = { by: 'tinyforge.built.by', unit: 'tinyforge.built.for' } as const;
