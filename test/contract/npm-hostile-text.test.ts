// Text of nginx in every key of a route that takes a text, as the schemas have them: never in the files that nginx reads.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { routeWishes } from '../../src/core/route/wishes.ts';
import { proxySchema } from '../../src/kinds/proxy/schema.ts';
import { stackSchema } from '../../src/kinds/stack/schema.ts';
import type { Desired } from '../../src/model/desired.ts';
import type { RouteWish } from '../../src/model/route.ts';
import type { ProxyProvider } from '../../src/ports/proxy-provider.ts';
import { catalogOf, proxied } from '../support/manifest-catalog.ts';
import { selfSigned } from '../support/npm/self-signed.ts';
import { type NpmDouble, startNpmDouble } from '../support/npm/start-double.ts';
import { createNpmRig, type NpmRig } from '../support/proxy/npm-rig.ts';
import { startUpstream, type TestUpstream } from '../support/proxy/upstreams.ts';
import { forwardWish, toAll } from '../support/proxy/wishes.ts';
import { HANG } from '../support/proxy-provider-contract.ts';
import { type StringPlace, stringPlaces } from '../support/string-places.ts';

const SIGNAL = new AbortController().signal;
const MARKER = 'evil_418';
const TAILS = [
  '}',
  '";',
  "';",
  ';',
  '\n',
  ' ',
  '$host;',
  '\\',
  '`',
  '#',
  '{',
  '${',
  '\u2028',
  '/*',
  '%7d;',
  '>',
];
const EVIL = [
  ...TAILS.map((tail) => `x${tail} return 418 ${MARKER}; `),
  ...TAILS.map((tail) => `x${tail}} server { listen 9; return 418 ${MARKER}; } #`),
  `${MARKER};`,
  `"; return 418 "${MARKER}`,
];

/** What is free text by its nature; each goes nowhere near nginx's files, and the test below is what says so. */
const FREE = ['.route.access_list', '.tls.certificate'];
/** Lines of nginx itself: held inside of their block by a reader of their own. */
const LANGUAGE = ['.route.advanced_config', '.route.locations[].advanced_config'];

interface Case {
  where: string;
  text: string;
  unit: Desired;
  wish: RouteWish;
}

/** A manifest of kind `proxy` with this text in one place; whatever else it needs is right. */
function proxyManifest({ at, make }: StringPlace, text: string): unknown {
  const names = { domains: ['x.example.com'] };
  const target = { forward: 'http://192.0.2.9' };
  const base = at.startsWith('.stream') ? {} : at.startsWith('.redirect') ? names : { ...names, ...target };
  return { name: 'nas', ...base, ...(make(text) as object), kind: at === '.kind' ? text : 'proxy' };
}

/** Of a stack only what it says of its services: the rest never reaches a proxy. */
function stackManifest({ at, make }: StringPlace, text: string): unknown {
  const { services } = make(text) as { services: Record<string, object> };
  const routed = Object.entries(services).map(([name, own]) => [
    name,
    { domains: ['x.example.com'], port: 80, ...own },
  ]);
  return {
    kind: 'stack',
    name: 'media',
    services: Object.fromEntries(at === '.services.*' ? routed.slice(0, 1) : routed),
  };
}

const PLACES = [
  ...stringPlaces({ ...proxySchema }).map((place) => ({ ...place, of: 'proxy', manifest: proxyManifest })),
  ...stringPlaces({ ...stackSchema })
    .filter(({ at }) => at.startsWith('.services'))
    .map((place) => ({ ...place, of: 'stack', manifest: stackManifest })),
];

/** What is taken by the reader and not refused by the provider. */
function accepted(refuses: ProxyProvider['refuses']): Case[] {
  return PLACES.flatMap((place) =>
    EVIL.flatMap((text) => {
      const { units } = catalogOf(JSON.stringify(place.manifest(place, text)), { proxy: proxied });
      return units.flatMap((unit) =>
        routeWishes(unit)
          .filter((wish) => JSON.stringify([wish, unit]).includes(MARKER) && refuses(wish) === null)
          .map((wish): Case => ({ where: place.at.replace('.services.NAME', ''), text, unit, wish })),
      );
    }),
  );
}

describe('text of nginx in every text of a route', () => {
  let double: NpmDouble;
  let rig: NpmRig;
  let provider: ProxyProvider;
  let upstream: TestUpstream;
  before(async () => {
    double = await startNpmDouble();
    rig = createNpmRig({ place: double, close: () => double.close() });
    provider = rig.open();
    upstream = await startUpstream('blue');
  });
  after(async () => {
    await upstream[Symbol.asyncDispose]();
    await rig[Symbol.asyncDispose]();
  });

  /** Files of nginx that hold the marker. */
  async function found(): Promise<string[]> {
    const { root } = double.world.nginx;
    const entries = await readdir(root, { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    const texts = await Promise.all(files.map(async (file) => [file, await readFile(file, 'utf8')] as const));
    assert.ok(texts.length > 3);
    return texts.filter(([file, text]) => (file + text).includes(MARKER)).map(([file]) => file);
  }

  async function put(wish: RouteWish): Promise<'taken' | 'refused'> {
    const traffic = wish.target.type === 'forward' ? toAll(upstream.upstream) : null;
    return provider.put({ wish, traffic, adopt: null }, SIGNAL).then(
      () => 'taken',
      () => 'refused',
    );
  }

  it('the schemas were read: all that is known to be a text is among them', () => {
    const all = PLACES.map(({ at }) => at);
    for (const known of [
      ...FREE,
      ...LANGUAGE,
      '.domains[]',
      '.redirect.to',
      '.stream.forward',
      '.services.*',
    ])
      assert.ok(all.includes(known), known);
    assert.ok(all.length > 40, `${all.length} places`);
  });

  it('each is refused before anything is sent, but for the few that are free', () => {
    const taken = new Set(accepted(provider.refuses).map(({ where }) => where));
    assert.deepEqual([...taken].filter((where) => !LANGUAGE.includes(where)).sort(), FREE);
  });

  it('what is free is written to the proxy, and is in none of its files', HANG, async () => {
    const cases = accepted(provider.refuses).filter(
      ({ where, wish }) => FREE.includes(where) && wish.key === 'nas',
    );
    const pair = await selfSigned(['x.example.com']);
    for (const { where, text, wish } of cases) {
      assert.equal(await put(wish), 'refused', 'nobody has that name there');
      if (where === '.route.access_list')
        await rig.hands.call('POST', '/nginx/access-lists', { name: text, items: [], clients: [] });
      else {
        const made = await rig.hands.call('POST', '/nginx/certificates', {
          provider: 'other',
          nice_name: text,
        });
        await rig.hands.upload(`/nginx/certificates/${(made as { id: number }).id}/upload`, pair);
      }
      assert.equal(await put(wish), 'taken', `${where} ${text}`);
      assert.deepEqual(await found(), [], `${where} ${text}`);
    }
    assert.ok(cases.length >= EVIL.length, `${cases.length} were written`);
  });

  it('lines of nginx stay inside of their block, or are refused', HANG, async () => {
    for (const { text, wish } of accepted(provider.refuses).filter(({ where }) => LANGUAGE.includes(where))) {
      assert.equal(await put(wish), 'refused', 'nginx takes none of these');
      assert.deepEqual(await found(), [], text);
    }
  });

  it('would be found: a line that nginx takes is', HANG, async () => {
    const wish = forwardWish({ options: { advancedConfig: `add_header X-Marker ${MARKER};` } });
    assert.equal(await put(wish), 'taken');
    assert.notDeepEqual(await found(), []);
  });
});
