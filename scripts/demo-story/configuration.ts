// Writes the demo's tinyforge.yaml, the webhook's secret, and two commands that a person can paste.
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from '../real-parts/paths.ts';
import { demoImages } from './images.ts';
import { configurationFile, type DemoPlace } from './place.ts';
import type { DemoProxy } from './proxy.ts';
import { manifestFolder } from './repository.ts';

/** Marks what the demo makes on the engine. */
export const controllerName = 'demo';

/** Where the controller runs from its image. There is one at a time: a demo refuses to begin where another one runs. */
export const controllerContainer = 'tinyforge-demo-controller';

export const hookName = 'git';

/** Browsers find every name below it on this machine. */
export const routeDomain = 'localhost';

export interface DemoConfiguration {
  /** Of tinyforge.yaml. */
  readonly file: string;
  readonly port: number;
  /** What the controller and its command line see as environment: built, for nothing of the caller's may steer the demo. */
  readonly environment: NodeJS.ProcessEnv;
}

export interface ConfigurationWishes {
  readonly repositoryUrl: string;
  readonly socketPath: string;
  /** Undefined where the controller's image has its own. */
  readonly composePlugin: string | undefined;
  readonly port: number;
  /** Between two polls of the repository. */
  readonly poll: string;
  /** Undefined where the demo goes without routes. */
  readonly proxy: DemoProxy | undefined;
}

export function secretFileOf(place: DemoPlace): string {
  return place.at('secrets', 'demo-webhook');
}

export function writeSecret(place: DemoPlace): void {
  mkdirSync(place.at('secrets'), { mode: 0o700 });
  writeFileSync(secretFileOf(place), `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 });
}

export function writeConfiguration(place: DemoPlace, wishes: ConfigurationWishes): DemoConfiguration {
  const { repositoryUrl, socketPath, composePlugin, port, poll, proxy } = wishes;
  const file = place.at(configurationFile);
  const text = JSON.stringify;
  writeFileSync(
    file,
    `# The demo's configuration, made for one run.
data: ./data
listen: 127.0.0.1:${port}
controller: ${controllerName}
sources:
  - name: infra
    git: { url: ${text(repositoryUrl)}, ref: main, path: ${manifestFolder}, poll: ${poll} }
    variables: { WEB_IMAGE: ${text(demoImages.web)}, SITE_IMAGE: ${text(demoImages.site)} }
engines: { local: { socket: ${text(socketPath)} } }
webhooks:
  - { name: ${hookName}, sender: github, secret: "\${secret:demo-webhook}", sources: [infra] }
secrets: { files: ./secrets }
# Soon enough to watch a route that was changed by hand being put right: no proxy tells of that.
resync: 5s
${proxy === undefined ? '' : proxySettings(proxy)}`,
  );
  const environment = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    LANG: process.env.LANG,
    TERM: process.env.TERM,
    TZ: process.env.TZ,
    TINYFORGE_COMPOSE: composePlugin,
  };
  writeCommand(
    place.at('tinyforge'),
    composePlugin === undefined
      ? inImage(socketPath)
      : `TINYFORGE_CONFIG=${quoted(file)} TINYFORGE_COMPOSE=${quoted(composePlugin)}
export TINYFORGE_CONFIG TINYFORGE_COMPOSE
exec ${quoted(process.execPath)} ${quoted(join(checkout, 'src/main.ts'))} "$@"`,
  );
  writeCommand(
    place.at('kill'),
    `exec ${quoted(process.execPath)} ${quoted(join(checkout, 'scripts/demo-story/kill-container.ts'))} ${quoted(socketPath)} "$@"`,
  );
  return { file, port, environment };
}

function inImage(socketPath: string): string {
  const program = join(checkout, 'scripts/demo-story/in-container.ts');
  const words = [process.execPath, program, socketPath, controllerContainer, 'tinyforge'];
  return `exec ${words.map(quoted).join(' ')} "$@"`;
}

function proxySettings({ api, traffic }: DemoProxy): string {
  return `proxy:
  provider: caddy
  url: ${api}
  traffic: { http: ${JSON.stringify(traffic)} }
  domain: ${routeDomain}
  drain: 2s
`;
}

function writeCommand(path: string, body: string): void {
  writeFileSync(path, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
