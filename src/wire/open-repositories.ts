// The repositories of sites: read as sources are, and their hosts known as those of the sources are.
import { createGitSource } from '../adapters/git/git-source.ts';
import type { EngineDeps } from '../engine/deps.ts';
import { createRepositories } from '../engine/repositories.ts';
import type { Config } from '../model/config.ts';
import type { Repositories } from '../ports/repositories.ts';

/** Which key a host has is nothing that a manifest could say: who runs Tinyforge says it, with the sources. */
export function openRepositories(
  config: Config,
  { secrets, clock, log }: Pick<EngineDeps, 'secrets' | 'clock' | 'log'>,
): Repositories {
  const knownHosts = new Set(
    config.sources.flatMap((source) => (source.type === 'git' ? (source.knownHosts ?? []) : [])),
  );
  return createRepositories({
    open: (content) =>
      createGitSource({
        config: content,
        dataDirectory: config.data,
        knownHosts: [...knownHosts],
        secrets,
        clock,
        log,
      }),
    clock,
  });
}
