// The start-up configuration: tinyforge.yaml, the environment over it, flags over both; or all that is wrong in them.
import * as posix from 'node:path/posix';
import type { Config } from '../model/config.ts';
import type { Problem } from '../model/problem.ts';
import { byteCount, durationMs } from './compose-values.ts';
import { type ConfigContext, pathOf, secretName } from './config-context.ts';
import { readConfigFile } from './config-file.ts';
import type { ConfigInput } from './config-input.ts';
import { readListen } from './config-listen.ts';
import { readProxy } from './config-proxy.ts';
import { readSettings } from './config-settings.ts';
import { readSources } from './config-sources.ts';
import { readWebhooks } from './config-webhooks.ts';
import { problem } from './problem.ts';

export type { ConfigInput } from './config-input.ts';

export interface ConfigReading {
  /** Null where there is an error. */
  config: Config | null;
  problems: Problem[];
}

const DEFAULTS = {
  data: '/var/lib/tinyforge',
  controller: 'default',
  siteImage: 'nginx:stable-alpine',
  secrets: '/run/secrets',
  concurrency: 4,
  resyncMs: 30_000,
  revisions: 5,
  keptBytes: 5 * 1024 ** 3,
};

/** Never throws. Warnings come beside a configuration, errors instead of one. */
export function readConfig(input: ConfigInput): ConfigReading {
  const read = readConfigFile(input);
  const { settings, problems: strange } = readSettings(input);
  const problems = [...read.problems, ...strange];
  const file = read.value ?? {};
  const context: ConfigContext = {
    input,
    file,
    settings,
    add: (path, wrong) => problems.push(read.problemAt(path, wrong)),
    addSetting: (setting, wrong) =>
      problems.push(problem({ ...wrong, message: `${setting.from}: ${wrong.message}` })),
  };
  const config: Config = {
    data: pathOf('data', file.data, context) ?? DEFAULTS.data,
    listen: readListen(context),
    hosts: file.api?.hosts ?? [],
    controller: controllerOf(context),
    ...formerlyOf(context),
    sources: readSources(context),
    engines: enginesOf(context),
    tokens: (file.api?.tokens ?? []).map(secretName),
    webhooks: readWebhooks(context),
    proxy: readProxy(context),
    prometheus: prometheusOf(context),
    secrets: { files: pathOf('secrets', file.secrets?.files, context) ?? DEFAULTS.secrets },
    concurrency: concurrencyOf(context),
    resyncMs: resyncOf(context),
    site: { image: settings.get('site_image')?.value ?? file.site?.image ?? DEFAULTS.siteImage },
    keep: keepOf(context),
    logLevel: logLevelOf(context),
  };
  if (config.sources.length === 0 && problems.length === 0) problems.push(problem(NO_SOURCE));
  const failed = problems.some(({ severity }) => severity === 'error');
  return { config: failed ? null : config, problems: problems.sort(byPlace) };
}

function prometheusOf({ file }: ConfigContext): Config['prometheus'] {
  if (file.prometheus === undefined) return null;
  const { url, token } = file.prometheus;
  return { url, token: token === undefined ? null : secretName(token) };
}

/** Settings have no place and come first. */
function byPlace(a: Problem, b: Problem): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}

const NO_SOURCE = {
  severity: 'warning',
  reason: 'NoSource',
  message: 'No source of manifests is named, so there is nothing to do.',
  hint: 'name one: `--directory ./forge.d`, `--git URL`, or `sources:` in tinyforge.yaml',
} as const;

function controllerOf({ settings, file, addSetting }: ConfigContext): string {
  const setting = settings.get('controller');
  const written = typeof file.controller === 'object' ? file.controller.name : file.controller;
  if (setting === undefined) return written ?? DEFAULTS.controller;
  if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(setting.value)) {
    const message = 'A controller is named by lower-case letters, digits and hyphens.';
    addSetting(setting, { reason: 'BadFormat', message, hint: 'for example `default`' });
  }
  return setting.value;
}

function formerlyOf({ file }: ConfigContext): Pick<Config, 'formerly'> {
  const formerly = typeof file.controller === 'object' ? file.controller.formerly : undefined;
  return formerly === undefined ? {} : { formerly };
}

function enginesOf(context: ConfigContext): Config['engines'] {
  const { input, file, settings } = context;
  const socket = pathOf('socket', undefined, context);
  if (socket !== null) return { local: { socket } };
  if (file.engines !== undefined) {
    const folder = posix.dirname(input.file);
    const engines = Object.entries(file.engines);
    return Object.fromEntries(
      engines.map(([name, { socket: at }]) => [name, { socket: posix.resolve(folder, at) }]),
    );
  }
  const host = settings.get('docker_host');
  if (host === undefined) return { local: { socket: '/var/run/docker.sock' } };
  if (!host.value.startsWith('unix://')) {
    const message = 'Engines that are reached over the network are not in this version yet.';
    context.addSetting(host, {
      reason: 'LaterVersion',
      message,
      hint: 'name a socket: `unix:///var/run/docker.sock`',
    });
  }
  return { local: { socket: host.value.replace(/^unix:\/\//, '') } };
}

function concurrencyOf({ settings, file, addSetting }: ConfigContext): number {
  const setting = settings.get('concurrency');
  if (setting === undefined) return file.concurrency ?? DEFAULTS.concurrency;
  if (/^([1-9]\d?|100)$/.test(setting.value)) return Number(setting.value);
  const message = 'The number of workloads at work is from 1 to 100.';
  addSetting(setting, { reason: 'OutOfRange', message, hint: 'for example 4' });
  return DEFAULTS.concurrency;
}

function resyncOf(context: ConfigContext): number {
  const setting = context.settings.get('resync');
  const written = setting?.value ?? context.file.resync;
  if (written === undefined) return DEFAULTS.resyncMs;
  const read = durationMs(written);
  const wrong = read.ok ? (read.value >= 1_000 ? null : TOO_OFTEN) : read.wrong;
  if (wrong === null) return read.ok ? read.value : DEFAULTS.resyncMs;
  if (setting === undefined) context.add(['resync'], wrong);
  else context.addSetting(setting, wrong);
  return DEFAULTS.resyncMs;
}

const TOO_OFTEN = { reason: 'OutOfRange', message: 'Once a second is the most.', hint: 'for example `30s`' };

function keepOf({ file, add }: ConfigContext): Config['keep'] {
  const { revisions = DEFAULTS.revisions, disk } = file.keep ?? {};
  const read = disk === undefined ? null : byteCount(disk);
  if (read?.ok === false) add(['keep', 'disk'], read.wrong);
  return { revisions, diskBytes: read?.ok ? read.value : DEFAULTS.keptBytes };
}

function logLevelOf({ settings, file, addSetting }: ConfigContext): Config['logLevel'] {
  const setting = settings.get('log_level');
  const level = LEVELS.find((candidate) => candidate === (setting?.value ?? file.log_level ?? 'info'));
  if (level !== undefined) return level;
  const message = `The log level is one of ${LEVELS.join(', ')}.`;
  if (setting !== undefined)
    addSetting(setting, { reason: 'NotAllowed', message, hint: 'for example `info`' });
  return 'info';
}

const LEVELS = ['debug', 'info', 'warn', 'error'] as const;
