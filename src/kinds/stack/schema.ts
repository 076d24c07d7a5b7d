// What may stand in a manifest of kind `stack`.
import type { Static } from 'typebox';
import { commonKeys, LATER_COMMON } from '../../core/schema-common.ts';
import { bytes, duration, flag, label, namedValues, relativePath, text } from '../../core/schema-parts.ts';
import { Type } from '../../core/schema-type.ts';

const { domains, subdomain, port, scheme, tls, route, ...workloadKeys } = commonKeys;

const paths = (words: { description: string; example: unknown }) =>
  Type.Union([relativePath(), Type.Array(relativePath(), { minItems: 1 })], {
    expects: 'a path, or a list of paths',
    ...words,
  });

const service = Type.Object(
  {
    domains,
    subdomain,
    port,
    scheme,
    tls,
    route,
    shared_volumes: Type.Optional(
      flag({
        description: 'Its volumes may have two writers for a moment, so it is switched without a gap.',
      }),
    ),
    drain: Type.Optional(
      duration({
        description:
          'Time for clients to leave the old containers when it is switched. Default: `proxy.drain`.',
        example: '2s',
      }),
    ),
    build: Type.Optional(
      Type.Object(
        {
          memory: Type.Optional(bytes({ description: 'Memory of one step. Default 2g.', example: '4g' })),
          timeout: Type.Optional(
            duration({ description: 'The longest time for all of it. Default 30m.', example: '1h' }),
          ),
        },
        {
          additionalProperties: false,
          description: 'Limits for the build of its image; what is built is said in the Compose file.',
        },
      ),
    ),
  },
  { additionalProperties: false },
);

export const stackSchema = Type.Object(
  {
    kind: Type.Literal('stack'),
    name: label({ description: 'Unique among all workloads.' }),
    ...workloadKeys,
    compose: Type.Optional(
      paths({
        description: 'Compose files, relative to this file, merged in their order. Default compose.yaml.',
        example: ['compose.yaml'],
      }),
    ),
    project: Type.Optional(
      Type.String({
        pattern: '^[a-z0-9][a-z0-9_-]{0,62}$',
        description: 'The name of the Compose project, when it differs: volumes keep theirs.',
        expects: 'made of lower-case letters, digits, hyphens and underscores',
        example: 'immich-app',
      }),
    ),
    env_file: Type.Optional(
      paths({
        description: 'Files with NAME=value lines that the Compose file may interpolate.',
        example: './stack.env',
      }),
    ),
    environment: Type.Optional(
      namedValues({
        names: '^[A-Za-z_][A-Za-z0-9_.-]*$',
        description:
          'What the Compose file may interpolate. It reaches a container only where that file says so.',
        example: { DB_PASSWORD: '${secret:immich-db}' },
      }),
    ),
    profiles: Type.Optional(
      Type.Array(text({ example: 'ml' }), {
        description: 'Profiles of the Compose file to start.',
        expects: 'a list of profiles',
      }),
    ),
    services: Type.Optional(
      Type.Record(Type.String({ pattern: '^[a-zA-Z0-9._-]+$' }), service, {
        additionalProperties: false,
        keyExpects: 'the name of a service of the Compose file',
        description: 'What the Compose file cannot say about a service: its route and its policy.',
      }),
    ),
  },
  { additionalProperties: false, title: 'stack', description: 'Compose files, as they are.' },
);

export type StackManifest = Static<typeof stackSchema>;

export const LATER_STACK: readonly string[] = [
  ...LATER_COMMON,
  'services.*.policy',
  'promote',
  'build',
  'policy',
];
