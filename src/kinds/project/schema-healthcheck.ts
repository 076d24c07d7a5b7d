// How a container shows that it is well: Compose's check, or ours by HTTP, TCP or a while of running.

import { duration, flag, port, textOrTexts } from '../../core/schema-parts.ts';
import { Type } from '../../core/schema-type.ts';

export const healthcheck = Type.Object(
  {
    http: Type.Optional(
      Type.String({
        pattern: '^/[^\\s]*$',
        description: 'A path that answers with 200 to 399 when the container is well.',
        expects: 'a path that begins with /',
        example: '/healthz',
      }),
    ),
    tcp: Type.Optional(
      Type.Union([flag(), port()], {
        description: 'true, or a port: well when it takes connections.',
        expects: 'true or a port',
        example: true,
      }),
    ),
    port: Type.Optional(
      port({ description: 'The port that `http` asks, when it is not `port` of the project.' }),
    ),
    command: Type.Optional(
      textOrTexts({
        description: 'A command in the container that ends with 0 when it is well.',
        example: ['pg_isready'],
      }),
    ),
    test: Type.Optional(
      textOrTexts({ description: 'Compose’s form of `command`.', example: ['CMD', 'pg_isready'] }),
    ),
    disable: Type.Optional(flag({ description: 'No check: started is good enough.' })),
    interval: Type.Optional(duration({ description: 'Between two checks. Default 2s.', example: '2s' })),
    timeout: Type.Optional(duration({ description: 'For one check. Default 2s.', example: '2s' })),
    retries: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 1000,
        description: 'Failures in a row until it is ill. Default 5.',
        example: 5,
      }),
    ),
    start_period: Type.Optional(
      duration({ description: 'Failures in this time do not count. Default 0s.', example: '10s' }),
    ),
    settle: Type.Optional(
      duration({ description: 'Without any check: running this long is well. Default 3s.', example: '3s' }),
    ),
  },
  {
    additionalProperties: false,
    expects: 'a map such as { http: /healthz }',
    example: { http: '/healthz' },
    description: 'How it shows that it is well. Without this, the image’s own check, or running for a while.',
  },
);
