// What may stand in a manifest of kind `site`.
import type { Static } from 'typebox';
import { commonKeys, LATER_COMMON } from '../../core/schema-common.ts';
import { duration, flag, label, relativePath, text } from '../../core/schema-parts.ts';
import { Type } from '../../core/schema-type.ts';
import { updateConfig } from '../../core/schema-update.ts';
import { build } from './schema-build.ts';
import { content } from './schema-content.ts';
import { servingKeys } from './schema-serving.ts';

export const siteSchema = Type.Object(
  {
    kind: Type.Literal('site'),
    name: label({ description: 'Unique among all workloads.' }),
    ...commonKeys,
    content,
    spa: Type.Optional(
      flag({ description: 'Paths that are no file get index.html, as single-page apps need it.' }),
    ),
    not_found: Type.Optional(
      relativePath({
        description: 'The page for paths that are no file, from the folder of the files.',
        example: '404.html',
      }),
    ),
    build: Type.Optional(build),
    ...servingKeys,
    image: Type.Optional(
      text({
        description: 'The image of the web server. Default: `site.image` of tinyforge.yaml.',
        example: 'nginx:1.29-alpine',
      }),
    ),
    deploy: Type.Optional(
      Type.Object(
        { update_config: Type.Optional(updateConfig) },
        { additionalProperties: false, description: 'Updates, in Compose’s words.' },
      ),
    ),
    drain: Type.Optional(
      duration({
        description:
          'Time for clients to leave the old release. Default: `proxy.drain` where it is routed, else 2s.',
        example: '2s',
      }),
    ),
  },
  { additionalProperties: false, title: 'site', description: 'Static files, released atomically.' },
);

export type SiteManifest = Static<typeof siteSchema>;

export const LATER_SITE: readonly string[] = [...LATER_COMMON, 'promote', 'policy'];
