// Runs the programs that are measured: the built `tinyforge`, and Compose; a failure is an error with the program's words.
import { join } from 'node:path';
import { outputOf } from '../scripts/demo-story/run-program.ts';
import { checkout } from '../scripts/real-parts/paths.ts';
import type { Lab } from './row.ts';

/** What `npm run build` makes. */
export const program = join(checkout, 'dist/main.js');

/** The environment is built: variables of the caller would steer one side and not the other. */
export function environmentOf({ socketPath, compose, directory }: Lab): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    HOME: directory,
    DOCKER_HOST: `unix://${socketPath}`,
    TINYFORGE_COMPOSE: compose,
  };
}

/** `tinyforge ARGS` in a process of its own, from its start to its end. */
export function tinyforge(lab: Lab, ...args: readonly string[]): Promise<string> {
  return outputOf({
    command: process.execPath,
    args: [program, ...args],
    directory: lab.directory,
    environment: environmentOf(lab),
  });
}

/** A shell script, with `$COMPOSE` for the plugin's program. */
export function shell(lab: Lab, script: string): Promise<string> {
  return outputOf({
    command: 'sh',
    args: ['-eu', '-c', script],
    directory: lab.directory,
    environment: { ...environmentOf(lab), COMPOSE: lab.compose },
    timeoutMs: 300_000,
  });
}
