// How a new version takes over from the one before.

import { duration, oneOf, text } from '../../core/schema-parts.ts';
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

const metric = Type.Object(
  {
    name: text({
      description: 'What it is called in words for people.',
      maxLength: 60,
      example: 'error rate',
    }),
    query: text({
      description:
        'PromQL, asked of the `prometheus` of tinyforge.yaml. {{container}}, {{unit}} and {{version}} stand for those of the new version; a dollar is written $$.',
      maxLength: 4_096,
      example: 'sum(rate(http_errors_total{container="{{container}}"}[1m]))',
    }),
    max: optional(Type.Number({ description: 'More than this takes the new version back.', example: 0.01 })),
    min: optional(Type.Number({ description: 'Less than this takes the new version back.', example: 0.99 })),
    interval: optional(
      duration({
        description: 'How often it is asked; at the end of each step it always is. Default 30s.',
        example: '30s',
      }),
    ),
  },
  { ...strict, expects: 'a map such as { name: errors, query: …, max: 0.01 }' },
);

const metrics = Type.Array(metric, {
  minItems: 1,
  maxItems: 20,
  description: 'What Prometheus must say while the steps are held.',
  expects: 'a list of { name, query, max }',
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
            metrics: optional(metrics),
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
