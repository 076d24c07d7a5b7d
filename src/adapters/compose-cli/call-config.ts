// `config`: what Compose makes of files that we have read before, without an engine and with little time and memory.
import type { ComposeFiles } from '../../ports/compose-runner.ts';
import { envFileText } from './env-file-text.ts';
import { NO_ENGINE } from './environment.ts';
import { composeHung, composeMissing, composeRefused, type Redact } from './faults.ts';
import type { JailLimits } from './jail.ts';
import { fixedArguments, limited, type Plugin } from './plugin-call.ts';
import { parseVersion } from './version.ts';

const MAX_STDOUT_BYTES = 16 * 1024 * 1024;
const ADDRESS_SPACE_BYTES = 1024 * 1024 * 1024;

interface Given {
  redact: Redact;
  timeoutMs: number;
}

interface Call {
  files: ComposeFiles;
  signal: AbortSignal;
}

export async function callConfig(plugin: Plugin, given: Given, call: Call): Promise<unknown> {
  const json = parseJson(await runConfig(plugin, given, { ...call, how: ['--format', 'json'] }));
  if (json === null) throw composeRefused('the result is not JSON', given.redact);
  return json;
}

/** One line for each service: its name, a space, its hash. */
export async function callHashes(plugin: Plugin, given: Given, call: Call): Promise<Record<string, string>> {
  const text = await runConfig(plugin, given, { ...call, how: ['--hash', '*'] });
  return Object.fromEntries(
    text.split('\n').flatMap((line) => {
      const [, name, hash] = /^(\S+) ([0-9a-f]{64})$/.exec(line) ?? [];
      return name === undefined || hash === undefined ? [] : [[name, hash]];
    }),
  );
}

async function runConfig(
  plugin: Plugin,
  { redact, timeoutMs }: Given,
  { files, signal, how }: Call & { how: readonly string[] },
): Promise<string> {
  const name = `${process.pid}-${plugin.nextCall()}.env`;
  try {
    const envFile = plugin.files.write(name, envFileText(files.variables));
    const result = await plugin.run({
      args: [...fixedArguments({ ...files, envFile }), 'config', ...how],
      engine: NO_ENGINE,
      limits: limitsOf(timeoutMs),
      wrap: limited(ADDRESS_SPACE_BYTES),
      signal,
    });
    if (result.stoppedBy === 'time') throw composeHung(`it took more than ${timeoutMs / 1000} s`);
    if (result.stoppedBy === 'output') throw composeHung('the result was larger than 16 MiB');
    if (/out of memory|cannot allocate memory/.test(result.stderr)) {
      throw composeHung('it took more than 1 GiB of memory');
    }
    if (result.code === null) throw composeHung('it was ended by something else');
    if (result.code !== 0) throw composeRefused(result.stderr, redact);
    return result.stdout;
  } finally {
    plugin.files.remove(name);
  }
}

export async function callVersion(plugin: Plugin, { timeoutMs }: Given): Promise<string> {
  const { stdout, code } = await plugin.run({
    args: ['version', '--short'],
    engine: NO_ENGINE,
    limits: limitsOf(timeoutMs),
    wrap: limited(null),
    signal: new AbortController().signal,
  });
  const parsed = code === 0 ? parseVersion(stdout) : null;
  if (parsed === null) throw composeMissing('The Compose plugin does not tell its version.');
  if (parsed.major < 2) throw composeMissing(`This is Compose ${parsed.text}; version 2 or newer is needed.`);
  return parsed.text;
}

function limitsOf(timeoutMs: number): JailLimits {
  return { timeoutMs, idleMs: null, maxStdoutBytes: MAX_STDOUT_BYTES };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
