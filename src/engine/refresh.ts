// Asks sources, and repositories of sites, what is new: those that are named, or all where nothing is.
import type { EngineDeps } from './deps.ts';

/** Resolves when all have answered or failed; null where nobody is to be asked. */
export function refresh(
  { sources, repositories }: Pick<EngineDeps, 'sources' | 'repositories'>,
  wish: { sources: readonly string[]; units: readonly string[]; signal: AbortSignal },
): Promise<unknown> | null {
  const { signal } = wish;
  // Units alone concern images: a git host that does not answer must not keep a push to a registry waiting.
  const isMeant = (name: string): boolean =>
    wish.sources.length === 0 ? wish.units.length === 0 : wish.sources.includes(name);
  const asked = sources.filter(({ name }) => isMeant(name));
  const names = repositories
    .configs()
    .map(({ name }) => name)
    .filter(isMeant);
  if (asked.length + names.length === 0) return null;
  return Promise.allSettled([
    ...asked.map((source) => source.refresh(signal)),
    repositories.refresh(names, signal),
  ]);
}
