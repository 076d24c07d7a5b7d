// What may stand in a manifest of kind `proxy`.
import type { Static } from 'typebox';
import { FORWARD_PATTERN } from '../../core/route/forward-address.ts';
import { commonKeys, LATER_COMMON } from '../../core/schema-common.ts';
import { duration, flag, label, port } from '../../core/schema-parts.ts';
import { Type } from '../../core/schema-type.ts';

const optional = Type.Optional;
const strict = { additionalProperties: false };
const { port: _port, scheme: _scheme, ...workloadKeys } = commonKeys;

const HOST = '([a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\\.)*[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?';

const redirect = Type.Object(
  {
    to: Type.String({
      pattern: `^(https?://)?${HOST}$`,
      maxLength: 261,
      description: 'The name to go to; with http:// or https:// before it, always by that.',
      expects: 'a domain name, with or without https:// before it',
      example: 'https://www.example.com',
    }),
    code: optional(
      Type.Enum([300, 301, 302, 303, 307, 308], {
        type: 'integer',
        description: 'The status of the answer. Default 301.',
        example: 301,
      }),
    ),
    preserve_path: optional(flag({ description: 'Path and query go along. Default true.' })),
  },
  { ...strict, description: 'Send clients to another name.', example: { to: 'https://www.example.com' } },
);

const stream = Type.Object(
  {
    port: port({ description: 'The port that the proxy listens at.', example: 5432 }),
    forward: Type.String({
      pattern: '^(\\[[0-9a-fA-F:.]+\\]|[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?):[0-9]{1,5}$',
      description: 'Where connections lead.',
      expects: 'HOST:PORT',
      example: '192.0.2.10:5432',
    }),
    tcp: optional(flag({ description: 'Take TCP connections. Default true.' })),
    udp: optional(flag({ description: 'Take UDP packets. Default false.' })),
  },
  {
    ...strict,
    description:
      'Pass connections of a port on, without names. `tls: { certificate: NAME }` beside it ends TLS there.',
    example: { port: 5432, forward: '192.0.2.10:5432' },
  },
);

const monitor = Type.Object(
  {
    http: optional(
      Type.String({
        pattern: '^/[^\\s]*$',
        maxLength: 500,
        description: 'A path that answers with 200 to 399 when it is well.',
        expects: 'a path that begins with /',
        example: '/',
      }),
    ),
    tcp: optional(flag({ description: 'Well when it takes connections.' })),
    interval: optional(duration({ description: 'Between two looks. Default 30s.', example: '30s' })),
    timeout: optional(duration({ description: 'For one look. Default 5s.', example: '5s' })),
    retries: optional(
      Type.Integer({
        minimum: 1,
        maximum: 100,
        description: 'Bad answers in a row before it counts as down. Default 3.',
        example: 3,
      }),
    ),
  },
  {
    ...strict,
    description: 'Look whether the other end is well.',
    expects: 'a map such as { http: / }',
    example: { http: '/', interval: '30s' },
  },
);

export const proxySchema = Type.Object(
  {
    kind: Type.Literal('proxy'),
    name: label({ description: 'Unique among all workloads.', example: 'nas' }),
    ...workloadKeys,
    forward: optional(
      Type.String({
        pattern: FORWARD_PATTERN,
        description: 'Where requests lead.',
        expects: 'an address such as http://192.0.2.10:5000',
        example: 'http://192.0.2.10:5000',
      }),
    ),
    redirect: optional(redirect),
    not_found: optional(flag({ description: 'Answer 404 to everything.' })),
    stream: optional(stream),
    monitor: optional(monitor),
  },
  { ...strict, title: 'proxy', description: 'A route to something that Tinyforge does not run.' },
);

export type ProxyManifest = Static<typeof proxySchema>;

export const LATER_PROXY: readonly string[] = [...LATER_COMMON];
