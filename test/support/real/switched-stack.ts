// A stack with one routed service that gets other versions: the whole product on a real engine, Compose and nginx, each `up` counted.
import { readFileSync, writeFileSync } from 'node:fs';
import { programPath } from '../../../scripts/real-parts/paths.ts';
import { testImages } from './images.ts';
import { makePlace, type Place } from './place.ts';
import { type Reach, type RoutedController, routedController } from './routed.ts';
import { type StackContainer, stackContainers } from './stack.ts';

export const VERSIONS = [testImages.web1, testImages.web2, testImages.web3];

export interface SwitchedStack extends AsyncDisposable {
  routed: RoutedController;
  env: Record<string, string>;
  /** Writes the Compose file with this image, and more lines of the service. */
  compose(image: string, more?: string): Promise<void>;
  web(): Promise<StackContainer[]>;
  /** Command lines of `up` so far. */
  ups(): string[];
}

export async function switchedStack(reach: Reach): Promise<SwitchedStack> {
  const place: Place = await makePlace('switch');
  const log = place.at('children.log');
  const door = place.at('counted-compose');
  writeFileSync(log, '');
  const text = `#!/bin/sh\necho "$*" >> '${log}'\nexec '${programPath('docker-compose')}' "$@"\n`;
  writeFileSync(door, text, { mode: 0o755 });
  const env = { TINYFORGE_COMPOSE: door };
  const routed = await routedController({ reach, env, proxy: { drainMs: 300 } });
  const { rig, domain } = routed;
  await rig.write(
    'app/stack.yaml',
    `kind: stack\nname: ${rig.name}\nservices: { web: { domains: [${domain}], port: 8080 } }\n`,
  );
  return {
    routed,
    env,
    compose: (image, more = '') => rig.write('app/compose.yaml', composeText(image, more)),
    web: async () => (await stackContainers(rig, rig.name)).filter(({ service }) => service === 'web'),
    ups: () =>
      readFileSync(log, 'utf8')
        .split('\n')
        .filter((line) => / up -d /.test(line)),
    async [Symbol.asyncDispose]() {
      await routed[Symbol.asyncDispose]();
      await place.remove();
    },
  };
}

export function composeText(image: string, more = ''): string {
  return `services:
  web:
    image: ${image}
    init: true
    restart: unless-stopped
    stop_grace_period: 2s
    ports: ["8080"]
    healthcheck: { test: ["CMD", "wget", "-qO-", "http://127.0.0.1:8080/healthz"], interval: 300ms, timeout: 5s, retries: 5 }
${more}`;
}

/** What a container of it answers. */
export const tagOf = (image: string): string => image.split(':').at(-1) ?? '';

/** Applies, and tells how the stack stands. */
export async function deploy({ routed: { rig } }: SwitchedStack) {
  return rig.status(await rig.apply(), rig.name);
}
