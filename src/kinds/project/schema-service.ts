// The keys of one container as Compose has them: the service part of a project and of each of its stages.

import { duration, flag, namedValues, relativePath, text, textOrTexts } from '../../core/schema-parts.ts';
import { Type } from '../../core/schema-type.ts';
import { attachmentKeys } from './schema-attachments.ts';
import { healthcheck } from './schema-healthcheck.ts';
import { limitKeys } from './schema-limits.ts';

const optional = Type.Optional;
const strict = { additionalProperties: false };

export const serviceKeys = {
  command: optional(
    textOrTexts({ description: 'Replaces the command of the image.', example: ['serve', '--port', '8080'] }),
  ),
  entrypoint: optional(textOrTexts({ description: 'Replaces the entry point of the image.' })),
  environment: optional(
    namedValues({
      description: 'What the container sees as environment.',
      example: { LOG_LEVEL: 'info' },
      names: '^[A-Za-z_][A-Za-z0-9_.-]*$',
    }),
  ),
  env_file: optional(
    Type.Union([relativePath(), Type.Array(relativePath())], {
      description: 'Files with NAME=value lines, under `environment`.',
      expects: 'a path, or a list of paths',
      example: './shop.env',
    }),
  ),
  user: optional(
    Type.Union([text(), Type.Integer({ minimum: 0 })], {
      expects: 'a user, or UID:GID',
      description: 'The user it runs as.',
      example: '1000:1000',
    }),
  ),
  working_dir: optional(
    Type.String({
      pattern: '^/',
      description: 'The folder that the command begins in.',
      expects: 'an absolute path',
      example: '/app',
    }),
  ),
  healthcheck: optional(healthcheck),
  restart: optional(
    Type.String({
      description: 'Whether the engine starts it again when it ends. Default unless-stopped.',
      pattern: '^(no|always|unless-stopped|on-failure(:[0-9]{1,4})?)$',
      expects: '`no`, `always`, `unless-stopped` or `on-failure`',
      example: 'unless-stopped',
    }),
  ),
  stop_signal: optional(
    Type.String({
      pattern: '^[A-Z0-9+-]{1,16}$',
      description: 'The signal that asks it to end.',
      expects: 'the name of a signal',
      example: 'SIGINT',
    }),
  ),
  stop_grace_period: optional(duration({ description: 'Time to end before it is killed.' })),
  init: optional(flag({ description: 'A small init process reaps children and passes signals on.' })),
  hostname: optional(text({ description: 'Its own name inside.', example: 'shop' })),
  labels: optional(namedValues({ description: 'Labels of the container.', example: { team: 'web' } })),
  logging: optional(
    Type.Object(
      { driver: optional(text({ example: 'local' })), options: optional(namedValues()) },
      { ...strict, description: 'Where its log goes.', example: { driver: 'local' } },
    ),
  ),
  ...attachmentKeys,
  ...limitKeys,
};
