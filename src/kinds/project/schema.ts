// What may stand in a manifest of kind `project`.
import type { Static } from 'typebox';
import { commonKeys, LATER_COMMON } from '../../core/schema-common.ts';
import { DNS_LABEL, duration, flag, label, oneOf, text } from '../../core/schema-parts.ts';
import { Type } from '../../core/schema-type.ts';
import { serviceKeys } from './schema-service.ts';
import { strategyKeys } from './schema-strategy.ts';

const { app, description, renamed_from: renamedFrom, ...perStage } = commonKeys;

const stageKeys = {
  ...perStage,
  description,
  image: Type.Optional(
    text({
      description: 'Repository of the image; the tag may stand here or in `tag`.',
      example: 'ghcr.io/acme/shop',
    }),
  ),
  tag: Type.Optional(
    Type.String({
      pattern: '^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$',
      description: 'The version that runs.',
      expects: 'a tag: letters, digits, dots, hyphens and underscores',
      example: '2.1.4',
    }),
  ),
  digest: Type.Optional(
    Type.String({
      pattern: '^sha256:[0-9a-f]{64}$',
      description: 'The exact image, whatever the tag says by now.',
      expects: '`sha256:` and 64 hex digits',
    }),
  ),
  policy: Type.Optional(
    Type.Object(
      {
        follow: Type.Optional(
          oneOf(['digest'], { description: 'Roll out when the tag gets another image.' }),
        ),
      },
      {
        additionalProperties: false,
        description: 'What rolls out by itself.',
        example: { follow: 'digest' },
      },
    ),
  ),
  replicas: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 100,
      description: 'How many containers run side by side.',
      example: 2,
    }),
  ),
  ...strategyKeys,
  shared_volumes: Type.Optional(
    flag({ description: 'Its volumes may have two writers for a moment, so blue-green is allowed.' }),
  ),
  drain: Type.Optional(
    duration({
      description:
        'Time for clients to leave the old version. Default: `proxy.drain` where it is routed, else 2s.',
      example: '2s',
    }),
  ),
  ...serviceKeys,
};

/** One stage: what it says is merged over the project as a Compose override file is. */
export const stageSchema = Type.Object(stageKeys, { additionalProperties: false });

export const projectSchema = Type.Object(
  {
    kind: Type.Literal('project'),
    name: label({ description: 'Unique among all workloads.' }),
    app,
    renamed_from: renamedFrom,
    ...stageKeys,
    stages: Type.Optional(
      Type.Record(
        Type.String({ pattern: DNS_LABEL }),
        Type.Union([stageSchema, Type.Null()], { expects: 'a map of keys and values' }),
        {
          additionalProperties: false,
          minProperties: 1,
          maxProperties: 50,
          keyExpects: 'made of lower-case letters, digits and hyphens',
          description: 'Versions of it that run beside each other, addressed as `shop/prod`.',
        },
      ),
    ),
  },
  { additionalProperties: false, title: 'project', description: 'One image, in stages, each with replicas.' },
);

export type ProjectManifest = Static<typeof projectSchema>;
export type StageManifest = Static<typeof stageSchema>;

const LATER = [
  ...LATER_COMMON,
  'promote',
  'build',
  'schedule',
  'policy.semver',
  'policy.minimum_age',
  'policy.regex',
];

export const LATER_PROJECT = [...LATER, ...LATER.map((path) => `stages.*.${path}`)];
