// The ComposeRunner: one fixed call of the plugin, and nothing of ours or of the host around it.
import type { ComposeRunner } from '../../ports/compose-runner.ts';
import { callConfig, callHashes, callVersion } from './call-config.ts';
import { callUp } from './call-up.ts';
import type { Redact } from './faults.ts';
import { createPlugin } from './plugin-call.ts';
import { createVersionMemory } from './version-memory.ts';

/** One runner speaks to one engine. Throws where the run directory cannot be made private. */
export function createComposeRunner(options: {
  /** Path of the plugin's binary (see findComposePlugin), or null where none was found. */
  plugin: string | null;
  /** `unix:///var/run/docker.sock` */
  engine: string;
  /** A folder of ours, best in memory (tmpfs): variables are in it while a child runs. */
  runDirectory: string;
  redact: Redact;
  configTimeoutMs?: number;
  /** How long a child waits for another one that is at work on the same project. */
  lockWaitMs?: number;
}): ComposeRunner {
  const { engine, runDirectory, redact, configTimeoutMs = 10_000, lockWaitMs = 60_000 } = options;
  const plugin = createPlugin({ path: options.plugin, runDirectory });
  const given = { redact, timeoutMs: configTimeoutMs };
  const known = createVersionMemory(runDirectory);
  let version: Promise<string> | null = null;
  return {
    version() {
      version ??= known
        .of(options.plugin, () => callVersion(plugin, given))
        .catch((error: unknown) => {
          // A plugin that is installed meanwhile is found by the next one who asks.
          version = null;
          throw error;
        });
      return version;
    },
    config: (files, signal) => callConfig(plugin, given, { files, signal }),
    hashes: (files, signal) => callHashes(plugin, given, { files, signal }),
    up: (wish) => callUp(plugin, { engine, redact, lockWaitMs }, wish),
  };
}
