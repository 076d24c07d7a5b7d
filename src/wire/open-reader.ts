// What is recorded below a data directory, to be read beside a controller that writes it.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openControl } from '../adapters/control-files/open-control.ts';
import type { Config } from '../model/config.ts';
import { fault } from '../model/errors.ts';
import type { Reader } from '../ports/session.ts';
import { openIndex, openRuntimes } from './adapters.ts';
import { openSecrets } from './open-secrets.ts';
import type { Surroundings } from './surroundings.ts';

export function openReader(config: Config, env: Surroundings['env']): Reader {
  const store = existsSync(join(config.data, 'index.db')) ? openIndex(config, { readOnly: true }) : null;
  const runtimes = openRuntimes(config);
  return {
    config,
    store,
    control: openControl({ directory: join(config.data, 'control') }),
    secrets: openSecrets(config, env),
    runtime(host) {
      const runtime = runtimes.get(host);
      if (runtime !== undefined) return runtime;
      throw fault({
        code: 'ENGINE_UNKNOWN',
        reason: 'EngineUnknown',
        message: `No engine is called ${host}`,
        hint: 'engines are named in tinyforge.yaml',
        disposition: 'stalled',
      });
    },
    async close() {
      for (const runtime of runtimes.values()) runtime.close();
      store?.close();
    },
  };
}
