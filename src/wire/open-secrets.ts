// The secrets of one configuration.
import { createSecrets } from '../adapters/secrets/create-secrets.ts';
import type { Config } from '../model/config.ts';
import type { Secrets } from '../ports/secrets.ts';
import type { Surroundings } from './surroundings.ts';

export function openSecrets(config: Config, env: Surroundings['env']): Secrets {
  return createSecrets({ directory: config.secrets.files, environment: env });
}
