// The real Compose plugin for tests: by itself, and behind a door that counts who goes through.
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { programPath } from '../../scripts/real-parts/paths.ts';
import { createComposeRunner } from '../../src/adapters/compose-cli/create-compose-runner.ts';
import type { ComposeRunner } from '../../src/ports/compose-runner.ts';
import type { Place } from './real/place.ts';

export interface RealCompose {
  /** To be given to `makeStackPlace`. */
  compose: (paths: { runDirectory: string; place: Place }) => ComposeRunner;
  /** Command lines of the children so far. */
  calls(): string[];
}

/** `engine` is an address for DOCKER_HOST. */
export function realCompose(
  options: { engine?: string; configTimeoutMs?: number; redact?: (text: string) => string } = {},
): RealCompose {
  const { engine = 'unix:///nowhere/docker.sock', redact = (text) => text, configTimeoutMs } = options;
  let log: string | null = null;
  return {
    compose({ runDirectory, place }) {
      log = place.at('calls.log');
      const door = place.at('counting-compose');
      appendFileSync(log, '');
      writeFileSync(
        door,
        `#!/bin/sh\necho "$*" >> '${log}'\nexec '${programPath('docker-compose')}' "$@"\n`,
        { mode: 0o755 },
      );
      return createComposeRunner({
        plugin: door,
        engine,
        runDirectory,
        redact,
        ...(configTimeoutMs === undefined ? {} : { configTimeoutMs }),
      });
    },
    calls: () =>
      log === null
        ? []
        : readFileSync(log, 'utf8')
            .split('\n')
            .filter((line) => line !== ''),
  };
}
