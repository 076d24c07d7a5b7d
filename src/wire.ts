// Joins the house: what the command line can open, with the adapters and plugs that are chosen below src/wire/.
import type { Sessions } from './ports/session.ts';
import { proxies } from './proxies/registry.ts';
import { receivers } from './receivers/registry.ts';
import { loadConfig } from './wire/load-config.ts';
import { kinds, schemaOf } from './wire/schemas.ts';
import type { Surroundings } from './wire/surroundings.ts';

/** Each is loaded by the command that opens it: to load all of the house is half of what a short command takes. */
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
        warn: (line) => surroundings.writeLog?.(`${line}\n`),
      }),
    async openReader(config) {
      const { openReader } = await import('./wire/open-reader.ts');
      return openReader(config, env);
    },
    async openPass(config, options) {
      const { openPass } = await import('./wire/open-pass.ts');
      return openPass(config, surroundings, options);
    },
    async validate(config) {
      const { validate } = await import('./wire/validate.ts');
      return validate(config, surroundings);
    },
    schema: schemaOf,
    kinds,
  };
}
