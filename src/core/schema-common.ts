// The keys that every workload may have.

import { bytes, duration, flag, label, oneOf, text } from './schema-parts.ts';
import { routeKeys } from './schema-route.ts';
import { Type } from './schema-type.ts';

export { bytes };

export const commonKeys = {
  description: Type.Optional(Type.String({ description: 'A line for people. Nothing is made from it.' })),
  app: Type.Optional(
    label({ description: 'The app that this workload is shown under.', example: 'storefront' }),
  ),
  host: Type.Optional(
    text({ description: 'The engine to run on, by its name in tinyforge.yaml.', example: 'local' }),
  ),
  state: Type.Optional(
    oneOf(['running', 'stopped'], { description: 'Whether it shall run. Stopped containers are kept.' }),
  ),
  suspend: Type.Optional(flag({ description: 'Look at it, but change nothing.' })),
  adopt: Type.Optional(
    flag({ description: 'Take over what runs under this name already and was not made by Tinyforge.' }),
  ),
  prune: Type.Optional(
    flag({ description: 'false: leave it running when this manifest is gone.', example: false }),
  ),
  depends_on: Type.Optional(
    Type.Array(
      Type.String({
        pattern: '^[a-z0-9][a-z0-9-]*(/[a-z0-9][a-z0-9-]*)?$',
        expects: 'the name of a workload, or NAME/STAGE',
        example: 'shop/prod',
      }),
      {
        description: 'Workloads that must be healthy before this one is rolled out: `database`, `shop/prod`.',
        expects: 'a list of workloads',
        example: ['database'],
      },
    ),
  ),
  renamed_from: Type.Optional(
    label({
      description: 'What this workload was called before: its data, history and holds go along.',
      example: 'shop',
    }),
  ),
  ...routeKeys,
  retry: Type.Optional(
    Type.Object(
      {
        limit: Type.Optional(
          Type.Integer({
            minimum: 0,
            maximum: 1000,
            description: 'Attempts before it is left to a person.',
            example: 5,
          }),
        ),
        backoff: Type.Optional(duration({ description: 'The first pause between attempts; it doubles.' })),
      },
      {
        additionalProperties: false,
        description: 'How often a failed outside is asked again.',
        example: { limit: 5 },
      },
    ),
  ),
};

/** Keys of every workload that belong to later versions. */
export const LATER_COMMON = ['hooks', 'windows', 'notify', 'webhook', 'time_zone'] as const;
