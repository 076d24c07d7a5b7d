// Settings outside tinyforge.yaml: TINYFORGE_* of the environment, and flags over them.
import type { Problem } from '../model/problem.ts';
import type { ConfigInput } from './config-input.ts';
import { didYouMean } from './did-you-mean.ts';
import { problem } from './problem.ts';

/** What can be set outside the file. `data` is TINYFORGE_DATA and `--data`. */
export const SETTINGS = [
  'data',
  'listen',
  'controller',
  'directory',
  'git',
  'ref',
  'path',
  'poll',
  'credential',
  'socket',
  'docker_host',
  'site_image',
  'secrets',
  'proxy_provider',
  'proxy_url',
  'proxy_email',
  'proxy_password',
  'proxy_totp',
  'proxy_reach',
  'proxy_network',
  'proxy_address',
  'proxy_domain',
  'concurrency',
  'resync',
  'log_level',
] as const;

export type SettingName = (typeof SETTINGS)[number];

export interface Setting {
  value: string;
  /** `TINYFORGE_DATA` or `--data`, for sentences. */
  from: string;
}

export interface Settings {
  get(name: SettingName): Setting | undefined;
  /** TINYFORGE_VARIABLE_NAME: variables of every source. */
  variables: Readonly<Record<string, string>>;
}

const PREFIX = 'TINYFORGE_';
/** Read elsewhere: secrets, which file to read at all, and where Compose is. */
const NOT_OURS = /^TINYFORGE_(SECRET_.*|CONFIG|FILE|SERVER|TOKEN|COMPOSE|.*_FILE)$/;
const VARIABLE = /^TINYFORGE_VARIABLE_([A-Za-z_][A-Za-z0-9_]*)$/;

export function readSettings({ environment, overrides }: ConfigInput): {
  settings: Settings;
  problems: Problem[];
} {
  const found = new Map<string, Setting>();
  const variables: Record<string, string> = {};
  const problems: Problem[] = [];
  for (const [variable, value] of Object.entries(environment)) {
    if (value === undefined || value === '') continue;
    if (variable === 'DOCKER_HOST') found.set('docker_host', { value, from: variable });
    if (!variable.startsWith(PREFIX) || NOT_OURS.test(variable)) continue;
    const given = VARIABLE.exec(variable)?.[1];
    const name = variable.slice(PREFIX.length).toLowerCase();
    if (given !== undefined) variables[given] = value;
    else if (isSetting(name)) found.set(name, { value, from: variable });
    else problems.push(strange(variable));
  }
  for (const [flag, value] of Object.entries(overrides)) {
    const name = flag.replaceAll('-', '_');
    if (isSetting(name)) found.set(name, { value, from: `--${name.replaceAll('_', '-')}` });
  }
  return { settings: { get: (name) => found.get(name), variables }, problems };
}

function isSetting(name: string): name is SettingName {
  return SETTINGS.some((known) => known === name);
}

/** A warning only: the variable may be meant for another version. */
function strange(variable: string): Problem {
  const known = SETTINGS.map((name) => PREFIX + name.toUpperCase());
  return problem({
    severity: 'warning',
    reason: 'UnknownVariable',
    message: `${variable.slice(0, 80)} means nothing to Tinyforge.${didYouMean(variable, known)}`,
    effect: 'It is passed over.',
    hint: 'correct its name or unset it',
  });
}
