// One call of the plugin's binary: in the jail, with the built environment, behind the wrappers that it needs.
import { join } from 'node:path';
import { NO_HOME } from '../../core/compose-relocate.ts';
import { childEnvironment, type EmptyFolders } from './environment.ts';
import { aborted, composeMissing } from './faults.ts';
import { findSystemProgram, isProgram } from './find-plugin.ts';
import { type JailLimits, type JailResult, runJailed } from './jail.ts';
import { createPrivateFiles, type PrivateFiles, privateFolder } from './private-files.ts';

export interface PluginCall {
  args: readonly string[];
  engine: string;
  limits: JailLimits;
  /** Programs that start it, outermost first, with their arguments. */
  wrap: readonly string[];
  signal: AbortSignal;
  onLine?: (line: string) => void;
  errorFile?: string;
}

export interface Plugin {
  /** Throws ComposeMissing, and the signal's reason; how the child ended is in the result. */
  run(call: PluginCall): Promise<JailResult>;
  /** Files for the child alone. */
  files: PrivateFiles;
  locks: string;
  /** A number that no other call of this process has. */
  nextCall(): number;
}

/** Over all plugins of this process: they share a run directory. */
let calls = 0;

/** Throws where the run directory cannot be made private. */
export function createPlugin({ path, runDirectory }: { path: string | null; runDirectory: string }): Plugin {
  privateFolder(runDirectory);
  const folders: EmptyFolders = {
    programs: privateFolder(join(runDirectory, 'no-programs')),
    home: privateFolder(join(runDirectory, NO_HOME)),
    dockerConfig: privateFolder(join(runDirectory, 'no-config')),
  };
  return {
    files: createPrivateFiles(join(runDirectory, 'variables')),
    locks: privateFolder(join(runDirectory, 'locks')),
    nextCall: () => ++calls,
    async run(call) {
      if (path === null) throw composeMissing('The Compose plugin was not found.');
      // What stands before it (prlimit, timeout) would fail in words of its own.
      if (!isProgram(path)) throw composeMissing(`${path} is no program that can be started.`);
      const [command = path, ...args] = [...call.wrap, path, ...call.args];
      const result = await runJailed({
        command,
        args,
        environment: childEnvironment({ folders, engine: call.engine }),
        directory: folders.home,
        limits: call.limits,
        signal: call.signal,
        onLine: call.onLine,
        errorFile: call.errorFile ?? null,
      }).catch((error: NodeJS.ErrnoException) => {
        throw composeMissing(`The Compose plugin cannot be started (${error.code ?? 'unknown'}).`);
      });
      if (result.stoppedBy === 'abort') throw aborted(call.signal);
      return result;
    },
  };
}

/** No core dumps: they would hold what the variables hold. Empty where util-linux is not installed. */
export function limited(addressSpaceBytes: number | null): string[] {
  const prlimit = findSystemProgram('prlimit');
  if (prlimit === null) return [];
  const memory = addressSpaceBytes === null ? [] : [`--as=${addressSpaceBytes}`];
  return [prlimit, ...memory, '--core=0', '--'];
}

/** Always all of them: what is left out, Compose looks for in its environment or in the working directory. */
export function fixedArguments(given: {
  project: string;
  files: readonly string[];
  projectDirectory: string;
  profiles: readonly string[];
  envFile: string;
}): string[] {
  return [
    ...['--ansi', 'never', '--progress', 'plain'],
    ...['-p', given.project, '--project-directory', given.projectDirectory, '--env-file', given.envFile],
    ...given.files.flatMap((file) => ['-f', file]),
    ...given.profiles.flatMap((profile) => ['--profile', profile]),
  ];
}
