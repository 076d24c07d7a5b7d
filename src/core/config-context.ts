// What the parts of reading a configuration share: what is given, where problems go, how paths and secrets are written.
import * as posix from 'node:path/posix';
import type { Wrong } from './compose-values.ts';
import type { ConfigInput } from './config-input.ts';
import type { Setting, Settings } from './config-settings.ts';
import type { Path } from './documents.ts';
import type { ConfigFile } from './schema-config.ts';

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
