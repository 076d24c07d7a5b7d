// How a new version takes over from the one before.

import { duration, oneOf } from '../../core/schema-parts.ts';
import { Type } from '../../core/schema-type.ts';

const optional = Type.Optional;
const strict = { additionalProperties: false };

const share = Type.String({
  pattern: '^[0-9]{1,3}(\\.[0-9]{1,2})?%$',
  description: 'This part of the clients gets the new version.',
  expects: 'a part of the clients such as 10%',
  example: '10%',
});

const step = Type.Union(
  [
    share,
    Type.Object({ share, for: optional(duration({ description: 'How long.', example: '5m' })) }, strict),
  ],
  { expects: 'a part of the clients such as 10%', example: '10%' },
);

const steps = Type.Array(step, {
  minItems: 1,
  maxItems: 20,
  expects: 'a list of rising shares',
  example: ['1%', '10%', '50%'],
});

export const strategyKeys = {
  strategy: optional(
    oneOf(['auto', 'blue-green', 'rolling', 'recreate', 'canary'], {
      description:
        'How a new version takes over. auto: blue-green where that is safe, else recreate. rolling: one replica at a time.',
    }),
  ),
  canary: optional(
    Type.Union(
      [
        steps,
        Type.Object(
          {
            steps,
            for: optional(
              duration({ description: 'How long each step is held. Default 5m.', example: '5m' }),
            ),
          },
          strict,
        ),
      ],
      {
        description: 'The new version gets a small part of the clients first, and more while it stays well.',
        expects: 'a list of rising shares',
        example: ['1%', '10%', '50%'],
      },
    ),
  ),
};
