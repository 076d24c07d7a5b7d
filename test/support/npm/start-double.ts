// A stateful test double of Nginx Proxy Manager: its API as recorded, and a real nginx that serves what was written.
import type { AddressInfo } from 'node:net';
import { accessListRoutes } from './access-list-routes.ts';
import { certificateRoutes } from './certificate-routes.ts';
import { createFaults, type Faults } from './faults.ts';
import { hostKinds } from './host-kinds.ts';
import { hostRoutes } from './host-routes.ts';
import { createApi, type LoggedRequest } from './http.ts';
import type { Nginx } from './nginx.ts';
import { type ContainerPlace, startNginxContainer } from './nginx-container.ts';
import { noNginx } from './nginx-none.ts';
import { startNginxProcess } from './nginx-process.ts';
import { otherRoutes } from './other-routes.ts';
import { type NpmVersion, quirksOf } from './quirks.ts';
import { readSchemas } from './schemas.ts';
import { tokenRoutes } from './token-routes.ts';
import { createTokens } from './tokens.ts';
import { twoFactorRoutes } from './two-factor-routes.ts';
import { insertUser, userRoutes } from './user-routes.ts';
import { createTables, type Switches, type World } from './world.ts';

export interface NpmDoubleOptions {
  readonly version?: NpmVersion;
  /** `none` takes every configuration for good and serves nothing: for tests of the API alone, and for many hosts. */
  readonly nginx?: 'process' | 'container' | 'none';
  /** Where the container of `container` goes. */
  readonly container?: ContainerPlace;
  /** `fresh` has no user yet where the version asks for the first one. */
  readonly setup?: 'done' | 'fresh';
  readonly switches?: Partial<Switches>;
}

export interface NpmDouble extends AsyncDisposable {
  /** Of the API, without `/api`: `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** Where nginx serves the hosts. Names are chosen by the Host header, or SNI. */
  readonly traffic: { readonly http: string; readonly https: string };
  /** Of the administrator that is there; on a fresh one, what the first call may use. */
  readonly email: string;
  readonly password: string;
  readonly faults: Faults;
  /** Every request so far, oldest first; a fault that answers nothing has status 0. */
  readonly requests: LoggedRequest[];
  readonly switches: Switches;
  /** Tables and nginx, for tests that look behind the API. */
  readonly world: World;
  /** The id of nginx's container, where it has one. */
  readonly containerId: string | null;
  /** Every token given so far counts as expired from now on. */
  expireTokens(): void;
  /** What is written from now on is answered but not served, until `releaseReloads`. */
  holdReloads(): void;
  releaseReloads(): void;
  /**
   * Waits until what was written so far is served and nothing else is. Without it the old workers may still answer, even
   * after a new one did: nginx starts the new workers before it sends the old ones away.
   */
  settled(): Promise<void>;
  /** What nginx cannot read, outside of every host: until `mendNginx`, all writes answer 500. */
  breakNginx(): Promise<void>;
  mendNginx(): Promise<void>;
  /** The API's port refuses connections until `comeBack`; what nginx serves is served on. */
  goAway(): Promise<void>;
  comeBack(): Promise<void>;
  close(): Promise<void>;
}

/** Starts it; `close` ends its server and its nginx and deletes its files. */
export async function startNpmDouble(options: NpmDoubleOptions = {}): Promise<NpmDouble> {
  const { version = '2.15.1', setup = 'done' } = options;
  const quirks = quirksOf[version];
  const switches: Switches = { letsencrypt: 'fail', reloadDelayMs: 100, ...options.switches };
  const nginx = await startNginx(options, switches);
  const world: World = {
    quirks,
    schemas: readSchemas(quirks),
    tokens: createTokens(quirks),
    nginx,
    tables: createTables(),
    switches,
  };
  const account = quirks.setupCall
    ? { email: 'admin@example.test', password: 'correct-horse-battery' }
    : { email: 'admin@example.com', password: 'changeme' };
  if (setup === 'done' || !quirks.setupCall) insertUser(world, administrator(account));
  const faults = createFaults();
  const requests: LoggedRequest[] = [];
  const server = createApi({ world, routes: allRoutes(world), faults, log: requests });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const goAway = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  const close = async () => {
    await goAway();
    await nginx.close();
  };
  const broken = 'nginx/custom/root.conf';
  return {
    url: `http://127.0.0.1:${port}`,
    traffic: nginx.traffic,
    ...account,
    faults,
    requests,
    switches,
    world,
    containerId: nginx.containerId ?? null,
    expireTokens: () => world.tokens.expireAll(),
    holdReloads: () => nginx.reloads.hold(),
    releaseReloads: () => nginx.reloads.release(),
    settled: () => nginx.reloads.settled(),
    breakNginx: () => nginx.write(broken, 'this_is_not_a_directive on;\n'),
    mendNginx: () => nginx.remove(broken),
    goAway,
    comeBack: () => new Promise((resolve) => server.listen(port, '127.0.0.1', resolve)),
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function startNginx(
  { nginx = 'process', container }: NpmDoubleOptions,
  switches: Switches,
): Promise<Nginx> {
  const reloadDelayMs = () => switches.reloadDelayMs;
  if (nginx === 'none') return noNginx();
  if (nginx === 'process') return startNginxProcess({ reloadDelayMs });
  if (container === undefined) throw new Error('Say which engine and network the container is for.');
  return startNginxContainer({ ...container, reloadDelayMs });
}

function administrator({ email, password }: { email: string; password: string }) {
  const names = { name: 'Administrator', nickname: 'Admin', roles: ['admin'] };
  return { ...names, email, auth: { type: 'password', secret: password } };
}

function allRoutes(world: World) {
  return [
    ...otherRoutes,
    ...tokenRoutes,
    ...userRoutes,
    ...twoFactorRoutes,
    ...Object.values(hostKinds(world)).flatMap(hostRoutes),
    ...certificateRoutes,
    ...accessListRoutes,
  ];
}
