// How long a new version is watched after it took over: Compose's word for it.

import { duration } from './schema-parts.ts';
import { Type } from './schema-type.ts';

export const updateConfig = Type.Object(
  {
    monitor: Type.Optional(
      duration({
        description:
          'After the switch: if its health falls in this time, the version before comes back. Default 60s.',
        example: '60s',
      }),
    ),
  },
  { additionalProperties: false, description: 'How a new version takes over, in Compose’s words.' },
);

/** Where a manifest does not say: long enough for a leak or a cold cache to show. */
export const DEFAULT_PROBATION_MS = 60_000;
