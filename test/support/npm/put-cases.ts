// Puts of every kind of route to a double of Nginx Proxy Manager: from what, to what, and what is there afterwards.
import type { CertificateWish, RouteTarget, RouteWish } from '../../../src/model/route.ts';
import type { RoutePut } from '../../../src/ports/proxy-provider.ts';
import { createNpmRig, type NpmRig } from '../proxy/npm-rig.ts';
import { startUpstream, type TestUpstream } from '../proxy/upstreams.ts';
import { forwardWish, toAll } from '../proxy/wishes.ts';
import { freePort } from '../real/program.ts';
import { type Pair, selfSigned } from './self-signed.ts';
import { type NpmDouble, startNpmDouble } from './start-double.ts';

const SIGNAL = new AbortController().signal;
const DOMAIN = 'shop.example.test';
const KINDS = ['proxyHosts', 'redirectionHosts', 'deadHosts', 'streams'] as const;
const PATHS = ['proxy-hosts', 'redirection-hosts', 'dead-hosts', 'streams', 'certificates', 'access-lists'];

export interface PutWorld extends AsyncDisposable {
  double: NpmDouble;
  rig: NpmRig;
  /** Waits for nothing long. */
  hasty: NpmRig;
  blue: TestUpstream;
  green: TestUpstream;
  port: number;
  secrets: Record<string, string>;
  pairs: readonly [Pair, Pair];
  /** Names of all hosts, then of all certificates. */
  left(): string[];
  clear(): Promise<void>;
}

export interface PutCase {
  name: string;
  /** Makes what is there before, and says what is put. */
  begin(world: PutWorld): Promise<RoutePut>;
  served(world: PutWorld): Promise<string>;
  before: string;
  after: string;
  /** What may be served on the way as well. */
  between: readonly string[];
  left: readonly string[];
  /** It cannot be put at all, and what was before is kept. */
  isRefused?: true;
}

export async function startPutWorld(): Promise<PutWorld> {
  const double = await startNpmDouble({ switches: { letsencrypt: 'self-signed', reloadDelayMs: 20 } });
  const secrets: Record<string, string> = {};
  const rig = createNpmRig({ place: double, secrets, close: () => double.close() });
  const hasty = createNpmRig({ place: double, secrets, limits: { readMs: 600, writeMs: 2_000 } });
  const [blue, green] = await Promise.all([startUpstream('blue'), startUpstream('green')]);
  const pairs = [await selfSigned([DOMAIN]), await selfSigned([DOMAIN])] as const;
  const { tables } = double.world;
  return {
    ...{ double, rig, hasty, blue, green, secrets, pairs, port: await freePort() },
    left: () => [
      ...KINDS.flatMap((kind) => tables[kind].all().map((row) => String(row.domain_names ?? 'PORT'))),
      ...tables.certificates.all().map(({ nice_name }) => String(nice_name)),
    ],
    async clear() {
      double.faults.clear();
      for (const path of PATHS.map((kind) => `/nginx/${kind}`))
        for (const { id } of (await rig.hands.call('GET', path)) as { id: number }[])
          await rig.hands.call('DELETE', `${path}/${id}`);
      await double.settled();
    },
    async [Symbol.asyncDispose]() {
      await blue[Symbol.asyncDispose]();
      await green[Symbol.asyncDispose]();
      await hasty[Symbol.asyncDispose]();
      await rig[Symbol.asyncDispose]();
    },
  };
}

const wishOf = (certificate: CertificateWish | null, more: Parameters<typeof forwardWish>[0] = {}) => {
  const flags = { force: true, http2: true, hsts: false, hstsSubdomains: false };
  return forwardWish({ tls: certificate === null ? null : { certificate, ...flags }, ...more });
};
const UPLOAD: CertificateWish = { type: 'upload', certificate: 'pem', key: 'key' };

function putOf(wish: RouteWish, upstream: TestUpstream | null, adopt: string | null = null): RoutePut {
  return { wish, traffic: upstream === null ? null : toAll(upstream.upstream), adopt };
}

async function putBefore({ rig }: PutWorld, put: RoutePut): Promise<void> {
  await rig.open().put(put, SIGNAL);
}

function hold({ secrets, pairs }: PutWorld, which: 0 | 1): void {
  Object.assign(secrets, { pem: pairs[which].certificate, key: pairs[which].key });
}

/** Whose answer, or where else it leads: `blue`, `401`, `301 https://…`. */
async function plain({ rig, double }: PutWorld): Promise<string> {
  await double.settled();
  const { status, body, headers } = await rig.get(DOMAIN);
  if (body.startsWith('<') && status === 200) return 'the default site';
  return status === 200 ? body.replace(' /', '') : `${status} ${headers.location ?? ''}`.trim();
}

const TLS = `301 https://${DOMAIN}/`;
const NOBODY = 'the default site';
const NONE = { between: [], served: plain };

async function addCertificate({ rig, pairs }: PutWorld): Promise<void> {
  const body = { provider: 'other', nice_name: 'theirs' };
  const { id } = (await rig.hands.call('POST', '/nginx/certificates', body)) as { id: number };
  await rig.hands.upload(`/nginx/certificates/${id}/upload`, pairs[0]);
}

const targeted = (target: RouteTarget): RouteWish => ({ ...forwardWish(), target });
const REDIRECT: RouteTarget = {
  ...{ type: 'redirect', scheme: 'https', domain: 'www.example.test', code: 308 },
  ...{ preservePath: true, blockExploits: false },
};

export const putCases: readonly PutCase[] = [
  {
    ...NONE,
    name: 'a certificate that covers its names',
    async begin(world) {
      await addCertificate(world);
      await putBefore(world, putOf(wishOf(null), world.blue));
      return putOf(wishOf({ type: 'auto' }), world.green);
    },
    ...{ before: 'blue', after: TLS, left: [DOMAIN, 'theirs'] },
  },
  {
    ...NONE,
    name: 'a first upload',
    async begin(world) {
      hold(world, 0);
      return putOf(wishOf(UPLOAD), world.blue);
    },
    ...{ before: NOBODY, after: TLS, left: [DOMAIN, 'tinyforge test shop/prod'] },
  },
  {
    ...NONE,
    name: 'another upload',
    async begin(world) {
      hold(world, 0);
      await putBefore(world, putOf(wishOf(UPLOAD), world.blue));
      hold(world, 1);
      return putOf(wishOf(UPLOAD), world.green);
    },
    ...{ before: TLS, after: TLS, left: [DOMAIN, 'tinyforge test shop/prod'] },
  },
  {
    ...NONE,
    name: 'an upload that is no longer wished',
    async begin(world) {
      hold(world, 0);
      await putBefore(world, putOf(wishOf(UPLOAD), world.blue));
      return putOf(wishOf(null), world.green);
    },
    ...{ before: TLS, after: 'green', left: [DOMAIN] },
  },
  {
    ...NONE,
    name: "a certificate of Let's Encrypt",
    begin: async ({ blue }) => putOf(wishOf({ type: 'letsencrypt', email: null, dns: null }), blue),
    ...{ before: NOBODY, between: ['blue'], after: TLS, left: [DOMAIN, DOMAIN] },
  },
  {
    ...NONE,
    name: 'an access list',
    async begin(world) {
      const people = {
        items: [{ username: 'ann', password: 'a password' }],
        clients: [{ address: 'all', directive: 'allow' }],
      };
      await world.rig.hands.call('POST', '/nginx/access-lists', {
        ...{ name: 'people', satisfy_any: false, pass_auth: false, ...people },
      });
      return putOf(wishOf(null, { options: { accessList: 'people' } }), world.blue);
    },
    ...{ before: NOBODY, after: '401', left: [DOMAIN] },
  },
  {
    ...NONE,
    name: 'a redirection in place of a forward',
    async begin(world) {
      await putBefore(world, putOf(wishOf(null), world.blue));
      return putOf(targeted(REDIRECT), null);
    },
    // It stands in its own way, so there is a moment with neither.
    ...{ before: 'blue', between: [NOBODY], after: '308 https://www.example.test/', left: [DOMAIN] },
  },
  {
    ...NONE,
    name: 'a 404',
    begin: async () => putOf(targeted({ type: 'not_found' }), null),
    ...{ before: NOBODY, after: '404', left: [DOMAIN] },
  },
  {
    name: 'a stream',
    begin: async ({ port, blue }) => {
      const target = {
        type: 'stream',
        incomingPort: port,
        host: '127.0.0.1',
        port: blue.upstream.port,
      } as const;
      return putOf({ ...forwardWish({ domains: [] }), target: { ...target, tcp: true, udp: false } }, null);
    },
    async served({ port, double }) {
      await double.settled();
      const answer = await fetch(`http://127.0.0.1:${port}/`).catch(() => null);
      return answer === null ? 'nobody' : (await answer.text()).replace(' /', '');
    },
    ...{ before: 'nobody', between: [], after: 'blue', left: ['PORT'] },
  },
  {
    ...NONE,
    name: "a stranger's host that is taken over",
    async begin({ rig, blue, green }) {
      return putOf(wishOf(null), green, await rig.hand.addRoute(DOMAIN, blue.upstream));
    },
    ...{ before: 'blue', after: 'green', left: [DOMAIN] },
  },
  {
    ...NONE,
    name: 'lines for nginx that it takes',
    async begin(world) {
      await putBefore(world, putOf(wishOf(null), world.blue));
      return putOf(wishOf(null, { options: { advancedConfig: 'client_max_body_size 9m;' } }), world.green);
    },
    ...{ before: 'blue', after: 'green', left: [DOMAIN] },
  },
  {
    ...NONE,
    name: 'lines for nginx that it refuses',
    isRefused: true,
    async begin(world) {
      await putBefore(world, putOf(wishOf(null), world.blue));
      const advancedConfig = 'this_is_not_a_directive on;';
      return putOf(wishOf(null, { options: { advancedConfig } }), world.green);
    },
    ...{ before: 'blue', after: 'blue', left: [DOMAIN] },
  },
];
