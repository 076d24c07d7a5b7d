// Joins the house: what the command line can open, with the adapters and plugs that are chosen below src/wire/.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openControl } from './adapters/control-files/open-control.ts';
import { fault } from './model/errors.ts';
import type { Reader, Sessions } from './ports/session.ts';
import { proxies } from './proxies/registry.ts';
import { receivers } from './receivers/registry.ts';
import { openIndex, openRuntimes, openSecrets, type Surroundings } from './wire/adapters.ts';
import { loadConfig } from './wire/load-config.ts';
import { openPass } from './wire/open-pass.ts';
import { kinds, schemaOf } from './wire/schemas.ts';
import { validate } from './wire/validate.ts';

export function createSessions(surroundings: Surroundings & { cwd: string }): Sessions {
  const { env, cwd } = surroundings;
  return {
    loadConfig: async ({ file, overrides }) =>
      loadConfig({
        file,
        overrides,
        env,
        cwd,
        receivers,
        proxies,
        warn: (line) => surroundings.writeLog(`${line}\n`),
      }),
    openReader: async (config): Promise<Reader> => {
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
    },
    openPass: (config, options) => openPass(config, surroundings, options),
    validate: (config) => validate(config, surroundings),
    schema: schemaOf,
    kinds,
  };
}
