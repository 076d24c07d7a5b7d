// The identity of a generation: two containers with one spec hash are interchangeable.
import type { ContainerSpec } from '../model/container-spec.ts';
import { shortHash } from './canonical.ts';

const SECRET = /\$\{secret:([^}]+)\}/g;

/** Names of the secrets that a spec refers to, sorted. */
export function secretsOf(spec: Pick<ContainerSpec, 'environment' | 'files'>): string[] {
  const names = new Set<string>();
  const texts = [...Object.values(spec.environment), ...spec.files.map((file) => file.content)];
  for (const text of texts) for (const match of text.matchAll(SECRET)) names.add(match[1] ?? '');
  return [...names].sort();
}

/**
 * Hash of all that makes a container what it is. Secrets count by their keyed fingerprints; a check that we do
 * ourselves (HTTP, TCP) does not count, since changing it needs no new container; neither does the local folder
 * that a tree was copied from. A former name counts: what was made under it carries that name in its labels for life,
 * so it is another generation although nothing else of it may differ.
 */
export function specHash(
  spec: ContainerSpec,
  fingerprints: Readonly<Record<string, string>>,
  renamedFrom?: string,
): string {
  const { health, trees, ...rest } = spec;
  return shortHash({
    version: 1,
    ...(renamedFrom === undefined ? {} : { renamedFrom }),
    ...rest,
    trees: trees.map((tree) => ({ target: tree.target, hash: tree.hash })),
    health: health.type === 'command' ? health : null,
    secrets: fingerprints,
  });
}
