// Every text of a site's manifest against the web server's configuration: whatever it is, the directives stay the same.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { siteSchema } from '../../src/kinds/site/schema.ts';
import { siteSpec } from '../../src/kinds/site/web-server.ts';
import type { DesiredSite } from '../../src/model/desired.ts';
import { catalogOf } from '../support/manifest-catalog.ts';
import { directivesOf } from '../support/nginx-tokens.ts';
import { stringPlaces } from '../support/string-places.ts';

const TAILS = [
  '}',
  '";',
  "';",
  ';',
  '\n',
  '\r\nX: y',
  ' ',
  '$$host',
  '$${host}',
  '$${secret:x}',
  '${secret:x}',
  '\\',
  '\\"',
  '{',
  '#',
  '*',
  '?',
  '%0d%0a',
  '(',
  ')+',
  '\u2028',
  'ü',
  '\0',
  '"~.*" x;',
];
const EVIL = [
  ...TAILS.map((tail) => `/x${tail} return 418 evil; `),
  ...TAILS.map((tail) => `/x${tail}`),
  ...TAILS.map((tail) => `X${tail}`),
  ...TAILS,
];

const HARMLESS: Readonly<Record<string, string>> = { '.headers.NAME.*': 'X-Ok', '.not_found': 'ok.html' };

const own = stringPlaces(siteSchema as unknown as Readonly<Record<string, unknown>>).filter(({ at }) =>
  /headers|immutable|redirects|not_found/.test(at),
);

function configOf(manifest: unknown): { text: string; unit: DesiredSite } | null {
  const { units, problems } = catalogOf(JSON.stringify(manifest));
  const [unit] = units as DesiredSite[];
  if (unit === undefined || unit.held || problems.some(({ severity }) => severity === 'error')) return null;
  const [file] = siteSpec(unit, { hash: '', directory: '' }).files;
  return { text: file?.content ?? '', unit };
}

const manifestOf = (part: unknown): unknown => ({
  ...(part as object),
  kind: 'site',
  name: 'docs',
  content: { path: 'public' },
  clean_urls: true,
  precompressed: true,
});

describe('a text of a site', () => {
  it('is looked for in every place that its schema has', () =>
    assert.deepEqual(own.map(({ at }) => at).sort(), [
      '.headers.*',
      '.headers.NAME.*',
      '.headers.NAME.NAME',
      '.immutable[]',
      '.not_found',
      '.redirects[].from',
      '.redirects[].to',
    ]));

  for (const { at, make } of own)
    it(`as ${at} is refused, or one token of the configuration`, () => {
      const isHeader = at.startsWith('.headers.');
      const around = (text: string): unknown => {
        const part = make(text) as { headers?: Record<string, unknown> };
        // Names of a map are samples: a path where a path belongs, a header where a header belongs.
        if (!isHeader || part.headers === undefined) return part;
        if (at === '.headers.*') return { headers: { [text]: { 'X-A': 'b' } } };
        const [value] = Object.values(part.headers);
        return {
          headers: {
            '/*':
              at === '.headers.NAME.*'
                ? { [text]: 'b' }
                : Object.fromEntries(Object.entries(value as object).map(([, inner]) => ['X-A', inner])),
          },
        };
      };
      const harmless = HARMLESS[at] ?? '/ok';
      const fine = configOf(manifestOf(around(harmless)));
      assert.ok(fine, 'what is harmless is taken there');
      const expected = directivesOf(fine.text);
      let taken = 0;
      for (const evil of EVIL) {
        const made = configOf(manifestOf(around(evil)));
        if (made === null) continue;
        taken += 1;
        const seen = directivesOf(made.text).filter((line) => line !== 'geo/default' && line !== 'geo');
        assert.deepEqual(seen, expected, `${JSON.stringify(evil)}\n${made.text}`);
        assert.doesNotMatch(made.text, /\$\{secret:/, 'a secret would be put in');
        const strange = [...made.text.matchAll(/\$\{?(\w+)/g)]
          .map(([, name]) => name ?? '')
          .filter((name) => !/^(?:tinyforge_\w+|uri|request_uri|is_args|args)$/.test(name));
        assert.deepEqual(strange, [], 'a variable that nobody meant');
      }
      if (at !== '.headers.NAME.*') assert.ok(taken > 0, 'nothing odd was taken at all');
    });
});

describe('a redirect', () => {
  const problemsOf = (redirects: unknown): string[] =>
    catalogOf(JSON.stringify(manifestOf({ redirects }))).problems.map(({ reason }) => reason);
  const rows: Record<string, [unknown, string[]]> = {
    'to itself': [[{ from: '/a', to: '/a/' }], ['RouteLoop']],
    'below itself': [[{ from: '/a/*', to: '/a/b/*' }], ['RouteLoop']],
    'of two to each other': [
      [
        { from: '/a', to: '/b' },
        { from: '/b', to: '/a' },
      ],
      ['RouteLoop', 'RouteLoop'],
    ],
    'to another host': [[{ from: '/*', to: 'https://example.com/*' }], []],
    'in a chain that ends': [
      [
        { from: '/a', to: '/b' },
        { from: '/b', to: '/c' },
      ],
      [],
    ],
    'to a host without scheme': [[{ from: '/a', to: '//evil.example' }], ['BadFormat']],
    'whose host would end in the rest': [[{ from: '/*', to: 'https://example.com*' }], ['BadFormat']],
    'without a rest to carry': [[{ from: '/a', to: '/b/*' }], ['Conflict']],
  };
  for (const [what, [redirects, expected]] of Object.entries(rows))
    it(`${what} is ${expected.length === 0 ? 'taken' : 'refused'}`, () =>
      assert.deepEqual(problemsOf(redirects), expected));
});

describe('a header', () => {
  for (const name of ['Content-Length', 'transfer-encoding', 'Content-Type'])
    it(`${name} stays the web server's own`, () => {
      const { problems } = catalogOf(JSON.stringify(manifestOf({ headers: { '/*': { [name]: 'x' } } })));
      assert.deepEqual(
        problems.map(({ reason }) => reason),
        ['NotAllowed'],
      );
    });
  it('longer than the web server reads is refused, not a web server that does not start', () => {
    const { problems } = catalogOf(
      JSON.stringify(manifestOf({ headers: { '/*': { 'X-A': '$$'.repeat(1_500) } } })),
    );
    assert.deepEqual(
      problems.map(({ reason }) => reason),
      ['OutOfRange'],
    );
  });
});
