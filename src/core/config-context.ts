// What the parts of reading a configuration share: what is given, where problems go, how paths and secrets are written.
import { posix } from 'node:path';
import type { Wrong } from './compose-values.ts';
import type { Setting, Settings } from './config-settings.ts';
import type { Path } from './documents.ts';
import type { ConfigFile } from './schema-config.ts';

export interface ConfigInput {
  /** Text of tinyforge.yaml; null where there is no file, which is fine. */
  text: string | null;
  /** Absolute path of tinyforge.yaml: what it writes is relative to its folder. */
  file: string;
  /** Absolute: what the environment and flags write is relative to this. */
  cwd: string;
  /** `TINYFORGE_*` and `DOCKER_HOST`; the contents of `TINYFORGE_*_FILE` put in by the caller as `TINYFORGE_*`. */
  environment: Readonly<Record<string, string | undefined>>;
  /** By the names of `SETTINGS`, `-` or `_`. */
  overrides: Readonly<Record<string, string>>;
  /** Senders of webhooks that this program knows; null where nobody knows. */
  senders: readonly string[] | null;
}

/** What the parts of the reading share. */
export interface ConfigContext {
  input: ConfigInput;
  file: ConfigFile;
  settings: Settings;
  /** Notes what is wrong at a path of tinyforge.yaml. */
  add(path: Path, wrong: Wrong): void;
  /** Notes what is wrong with a setting of the environment or a flag. */
  addSetting(setting: Setting, wrong: Wrong): void;
}

/** `${secret:NAME}` to NAME. */
export function secretName(reference: string): string {
  return reference.replace(/^\$\{secret:/, '').replace(/\}$/, '');
}

/** Absolute, from a setting (relative to the working directory) or the file (relative to its folder). */
export function pathOf(
  key: 'data' | 'secrets' | 'directory' | 'socket',
  written: string | undefined,
  { input, settings }: ConfigContext,
): string | null {
  const setting = settings.get(key);
  if (setting !== undefined) return posix.resolve(input.cwd, setting.value);
  return written === undefined ? null : posix.resolve(posix.dirname(input.file), written);
}
