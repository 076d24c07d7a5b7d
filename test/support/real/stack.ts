// One stack kept by the whole product on the real engine, with every child of Compose and every write to the engine seen.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { programPath } from '../../../scripts/real-parts/paths.ts';
import { shortHash } from '../../../src/core/canonical.ts';
import type { SourceConfig } from '../../../src/model/config.ts';
import type { UnitPlan } from '../../../src/model/plan.ts';
import type { UnitStatus } from '../../../src/model/status.ts';
import { type RealController, realController } from './controller.ts';
import { loadTestImages, testImages } from './images.ts';
import { makePlace, type Place } from './place.ts';

const run = promisify(execFile);

/** The Compose lines of a service that runs until it is stopped, and is gone at once then, with exit 0. */
export const PLAIN = `image: ${testImages.shell}, init: true, stop_grace_period: 1s`;
export const RUN = `${PLAIN}, restart: unless-stopped`;

/** A check that passes within half a second, or never. */
export const CHECKED = 'healthcheck: { test: ["CMD", "true"], interval: 300ms, timeout: 5s, retries: 3 }';
export const NEVER_WELL =
  'healthcheck: { test: ["CMD-SHELL", "echo the disk is full; exit 1"], interval: 200ms, timeout: 5s, retries: 2 }';

export interface StackContainer {
  id: string;
  name: string;
  service: string;
  state: string;
  exitCode: number;
  startedAt: string;
  image: string;
  labels: Record<string, string>;
  environment: Record<string, string>;
  /** Host folder by path in the container, for binds. */
  binds: Record<string, string>;
}

export interface RealStack extends RealController {
  place: Place;
  /** Writes the manifest beside the Compose file, in the folder `app`. `more` is further YAML. */
  manifest(more?: string): Promise<void>;
  compose(text: string): Promise<void>;
  /** Writes the Compose file and applies. */
  applied(text: string): Promise<UnitStatus>;
  settle(): Promise<UnitStatus>;
  planned(): Promise<UnitPlan>;
  /** Containers of the Compose project, by their names. */
  seen(): Promise<StackContainer[]>;
  /** Ids of the project's containers, by service. */
  ids(): Promise<Record<string, string[]>>;
  /** Command lines of Compose's children so far. */
  children(): string[];
  /** What the engine did to containers, networks and volumes while `work` ran, as `action name`; probes left out. */
  writesDuring(work: () => Promise<unknown>): Promise<string[]>;
}

export interface RealStackOptions {
  /** Paths are below `place`; the directory source of the rig otherwise. */
  sources?: (facts: { place: Place }) => SourceConfig[];
  env?: Record<string, string>;
  /** Shell text that runs before Compose does, with `$@` as Compose's arguments. */
  door?: string;
}

export async function realStack(options: RealStackOptions = {}): Promise<RealStack> {
  const place = await makePlace('stack');
  const log = place.at('children.log');
  const door = place.at('counted-compose');
  appendFileSync(log, '');
  writeFileSync(
    door,
    `#!/bin/sh\necho "$*" >> '${log}'\n${options.door ?? ''}\nexec '${programPath('docker-compose')}' "$@"\n`,
    { mode: 0o755 },
  );
  const rig = await realController({
    env: { TINYFORGE_COMPOSE: door, ...options.env },
    ...(options.sources === undefined ? {} : { sources: options.sources({ place }) }),
  });
  await loadTestImages(rig.engine);
  const seen = () => stackContainers(rig, rig.name);
  const settle = async () => rig.status(await rig.apply(), rig.name);
  const compose = (text: string) => rig.write('app/compose.yaml', text);
  const disposeRig = rig[Symbol.asyncDispose].bind(rig);
  return Object.assign(rig, {
    place,
    seen,
    settle,
    compose,
    manifest: (more = '') => rig.write('app/stack.yaml', `kind: stack\nname: ${rig.name}\n${more}`),
    async applied(text: string) {
      await compose(text);
      return settle();
    },
    async planned() {
      const plan = await rig.plan();
      const found = plan.units.find(({ unit }) => unit === rig.name);
      if (found === undefined) throw new Error(`no plan for ${rig.name}: ${JSON.stringify(plan.problems)}`);
      return found;
    },
    async ids() {
      const byService = Map.groupBy(await seen(), ({ service }) => service);
      return Object.fromEntries([...byService].map(([name, own]) => [name, own.map(({ id }) => id)]));
    },
    children: () => readFileSync(log, 'utf8').split('\n').filter(Boolean),
    async writesDuring(work: () => Promise<unknown>) {
      const since = engineNow();
      await work();
      return journal(rig, { since, until: engineNow() });
    },
    async [Symbol.asyncDispose]() {
      await disposeRig();
      await place.remove();
      await rm(runDirectoryOf(rig), { recursive: true, force: true });
    },
  });
}

/** What somebody does by hand with Compose, in a folder of their own. */
export async function composeByHand(
  rig: RealController,
  project: { name: string; folder: string; text: string },
): Promise<void> {
  const { name, folder, text } = project;
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'compose.yaml'), text);
  const args = ['-p', name, '-f', 'compose.yaml', '--project-directory', folder, 'up', '-d'];
  await run(programPath('docker-compose'), args, {
    cwd: folder,
    env: { ...process.env, DOCKER_HOST: rig.engine.dockerHost },
  });
}

/** A port of loopback that nobody listens at now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Where the resolved files are while Compose reads them: by this test's own controller and data directory. */
export function runDirectoryOf({ config }: RealController): string {
  const name = `tinyforge-${config.controller}-${shortHash(config.data).slice(0, 8)}`;
  const parents = ['/run', process.env.XDG_RUNTIME_DIR ?? '', '/dev/shm'].filter((path) => path !== '');
  return join(parents.find((parent) => existsSync(join(parent, name))) ?? '/run', name);
}

interface Inspected {
  Id: string;
  Name: string;
  State: { Status: string; StartedAt: string; ExitCode: number };
  Config: { Labels: Record<string, string>; Env: string[] | null; Image: string };
  Mounts: { Type: string; Source: string; Destination: string }[];
}

/** Of any Compose project, stopped ones too. */
export async function stackContainers(rig: RealController, project: string): Promise<StackContainer[]> {
  const filters = encodeURIComponent(JSON.stringify({ label: [`com.docker.compose.project=${project}`] }));
  const listed = (await rig.docker('GET', `/containers/json?all=1&filters=${filters}`)) as { Id: string }[];
  const found = await Promise.all(
    listed.map(async ({ Id }) => {
      const { status, text } = await rig.engine.call({ method: 'GET', path: `/containers/${Id}/json` });
      // On its way out when it was listed: whoever was killed had asked the engine for that.
      if (status === 404) return [];
      if (status >= 400) throw new Error(`${Id}: ${text}`);
      return [JSON.parse(text) as Inspected];
    }),
  );
  return found
    .flat()
    .map(({ Id, Name, State, Config, Mounts }) => ({
      id: Id,
      name: Name.replace(/^\//, ''),
      service: Config.Labels['com.docker.compose.service'] ?? '',
      state: State.Status,
      exitCode: State.ExitCode,
      startedAt: State.StartedAt,
      image: Config.Image,
      labels: Config.Labels,
      environment: Object.fromEntries((Config.Env ?? []).map(pair)),
      binds: Object.fromEntries(
        Mounts.filter(({ Type }) => Type === 'bind').map(({ Source, Destination }) => [Destination, Source]),
      ),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function pair(text: string): [string, string] {
  const at = text.indexOf('=');
  return [text.slice(0, at), text.slice(at + 1)];
}

interface EngineEvent {
  Type: string;
  Action: string;
  Actor: { Attributes: Record<string, string> };
}

/** The engine's own events of this test's things, without what health checks do. */
async function journal(rig: RealController, span: { since: number; until: number }): Promise<string[]> {
  const filters = encodeURIComponent(JSON.stringify({ type: ['container', 'network', 'volume'] }));
  const path = `/events?since=${span.since.toFixed(9)}&until=${span.until.toFixed(9)}&filters=${filters}`;
  const { text } = await rig.engine.call({ method: 'GET', path });
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as EngineEvent)
    .filter(({ Action }) => !/^(?:exec_|health_status)/.test(Action))
    .map(({ Type, Action, Actor }) => `${Type} ${Action} ${Actor.Attributes.name ?? ''}`)
    .filter((line) => line.includes(rig.name));
}

/** The engine runs on this machine, so its clock is ours. */
function engineNow(): number {
  return Date.now() / 1000;
}
