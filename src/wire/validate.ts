// `validate`: reads every source and its manifests, with neither engine nor database.
import { createSystemClock } from '../adapters/clock/system-clock.ts';
import { createDirectorySource } from '../adapters/directory/directory-source.ts';
import { catalog, createCatalogCache } from '../core/catalog.ts';
import { discoveringSources, readSettingsOf } from '../core/read-settings.ts';
import { readers } from '../kinds/readers.ts';
import type { Config } from '../model/config.ts';
import type { Validation } from '../ports/session.ts';
import { openLog } from './open-log.ts';
import { openSecrets } from './open-secrets.ts';
import type { Surroundings } from './surroundings.ts';

export async function validate(config: Config, surroundings: Surroundings): Promise<Validation> {
  const clock = createSystemClock();
  const secrets = openSecrets(config, surroundings.env);
  const log = await openLog(config, surroundings, { secrets, nowMs: clock.nowMs });
  const signal = AbortSignal.timeout(120_000);
  const readings = await Promise.all(
    config.sources.map(async (source) => {
      // A reading of a directory is as new as the directory; a checkout may be of an earlier commit.
      if (source.type === 'directory')
        return createDirectorySource({ config: source, clock, log }).read(signal);
      const { createGitSource } = await import('../adapters/git/git-source.ts');
      const opened = createGitSource({ config: source, dataDirectory: config.data, secrets, clock, log });
      await opened.refresh(signal);
      return opened.read(signal);
    }),
  );
  const snapshots = readings.flatMap(({ snapshot }) => snapshot ?? []);
  const made = catalog({
    snapshots,
    variables: Object.fromEntries(config.sources.map((source) => [source.name, source.variables])),
    discover: discoveringSources(config),
    readers,
    settings: readSettingsOf(config),
    cache: createCatalogCache(),
  });
  return {
    files: made.files,
    units: made.units.length,
    problems: [...readings.flatMap(({ problem }) => problem ?? []), ...made.problems],
    fileText: (source, file) =>
      snapshots.find((snapshot) => snapshot.source === source)?.files.find((entry) => entry.path === file)
        ?.text ?? null,
  };
}
