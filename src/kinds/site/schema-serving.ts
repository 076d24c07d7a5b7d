// What a site may say about how its files are served: headers, redirects, clean addresses, caching.
import { flag } from '../../core/schema-parts.ts';
import { Type } from '../../core/schema-type.ts';

const optional = Type.Optional;
const strict = { additionalProperties: false };

/** On the decoded path, without query: anything but control characters, and one `*` at most. */
const PATH = '^/[^\\p{Cc}*?#\\\\]{0,500}\\*?[^\\p{Cc}*?#\\\\]{0,100}$';
/** As it stands in an address, so that it is compared with what was asked, character by character. */
const FROM = "^/[A-Za-z0-9._~!&'()+,;=:@%/-]{0,500}\\*?$";
/** A path, or an address of the web with an optional path; never `//host`, which browsers take for another host. */
const TO =
  "^(?:https?://[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?(?::[0-9]{1,5})?(?=/|$)|(?=/))(?:/(?!/)[A-Za-z0-9._~!&'()+,;=:@%/?#-]{0,1000}\\*?)?$";

const path = (words: object = {}) =>
  Type.String({
    pattern: PATH,
    expects: 'a path that begins with /, with one * at most',
    example: '/assets/*',
    ...words,
  });

const headersOfPath = Type.Record(
  Type.String({ pattern: '^[A-Za-z][A-Za-z0-9-]{0,99}$' }),
  Type.String({
    pattern: '^[ -~]{1,3000}$',
    expects: 'a text of plain characters, 3000 at most',
    example: 'DENY',
  }),
  {
    ...strict,
    maxProperties: 50,
    keyExpects: 'the name of a header, such as X-Frame-Options',
    expects: 'a map of headers and their values',
    example: { 'X-Frame-Options': 'DENY' },
  },
);

const redirect = Type.Object(
  {
    from: Type.String({
      pattern: FROM,
      description: 'The path as it stands in the address; `/*` at its end stands for all below it.',
      expects: 'a path that begins with /, as it stands in an address',
      example: '/blog/*',
    }),
    to: Type.String({
      pattern: TO,
      minLength: 1,
      description: 'Where it leads; `/*` at its end is the rest of the path.',
      expects: 'a path that begins with one /, or an address such as https://example.com/new',
      example: '/journal',
    }),
    status: optional(
      Type.Enum([301, 302, 307, 308], {
        description: 'Default 301, for good; 302 for now; 307 and 308 keep the method.',
        type: 'integer',
        example: 302,
      }),
    ),
  },
  { ...strict, expects: 'a map such as { from: /old, to: /new }', example: { from: '/old', to: '/new' } },
);

export const servingKeys = {
  headers: optional(
    Type.Record(Type.String({ pattern: PATH }), headersOfPath, {
      ...strict,
      maxProperties: 100,
      keyExpects: 'a path that begins with /, with one * at most',
      description:
        'Headers of the answers, by path; where two paths set one header, the closer one has the say.',
      expects: 'a map of paths, each with its headers',
      example: { '/*': { 'X-Frame-Options': 'DENY' } },
    }),
  ),
  immutable: optional(
    Type.Array(path(), {
      maxItems: 50,
      description:
        'Files that never change under their names, as bundlers name them after their content: browsers keep them for a year.',
      expects: 'a list of paths',
      example: ['/assets/*'],
    }),
  ),
  redirects: optional(
    Type.Array(redirect, {
      maxItems: 500,
      description: 'Paths that lead elsewhere, before any file; the first that fits has the say.',
      expects: 'a list of { from, to }',
      example: [{ from: '/old', to: '/new' }],
    }),
  ),
  clean_urls: optional(flag({ description: 'Serve about.html as /about, and lead /about.html there.' })),
  precompressed: optional(
    flag({ description: 'Send app.js.gz, where it lies beside app.js, to those who take gzip.' }),
  ),
};
