// What leads into a container or is put into it: ports, mounts, networks, secrets and small files.

import { flag, namedValues, oneOf, port, text, textOrTexts } from '../../core/schema-parts.ts';
import { Type } from '../../core/schema-type.ts';

const optional = Type.Optional;
const strict = { additionalProperties: false };

const longPort = Type.Object(
  {
    target: port({ description: 'The port inside the container.' }),
    published: optional(
      Type.Union([Type.String({ pattern: '^[0-9]+(-[0-9]+)?$' }), port()], { expects: 'a port' }),
    ),
    host_ip: optional(Type.String()),
    protocol: optional(oneOf(['tcp', 'udp'])),
    mode: optional(oneOf(['host', 'ingress'])),
    name: optional(text()),
    app_protocol: optional(text()),
  },
  { ...strict, expects: 'a port' },
);

const longMount = Type.Object(
  {
    type: oneOf(['volume', 'bind', 'tmpfs']),
    source: optional(text({ description: 'The name of a volume, or a path.' })),
    target: text({ description: 'The absolute path inside the container.', example: '/data' }),
    read_only: optional(flag()),
  },
  strict,
);

const secret = Type.Object(
  {
    source: text({ description: 'The name of the secret.', example: 'shop-db' }),
    target: optional(text({ description: 'A file name below /run/secrets, or an absolute path.' })),
    mode: optional(Type.String({ pattern: '^0?[0-7]{3}$', expects: 'a mode in quotes', example: '"0440"' })),
  },
  strict,
);

const config = Type.Object(
  {
    target: text({ description: 'The absolute path inside the container.', example: '/etc/app.conf' }),
    content: Type.String({ description: 'The text of the file.' }),
    mode: optional(Type.String({ pattern: '^0?[0-7]{3}$', expects: 'a mode in quotes', example: '"0444"' })),
  },
  strict,
);

const networks = Type.Union(
  [
    Type.Array(
      Type.String({
        pattern: '^[a-zA-Z0-9][a-zA-Z0-9_.-]*$',
        expects: 'the name of a network',
        example: 'backend',
      }),
    ),
    Type.Record(Type.String({ pattern: '^[a-zA-Z0-9][a-zA-Z0-9_.-]*$' }), Type.Null({ expects: 'empty' }), {
      additionalProperties: false,
      keyExpects: 'the name of a network',
    }),
  ],
  {
    expects: 'a list of networks',
    example: ['backend'],
    description: 'Networks to join; without any, one of its own.',
  },
);

export const attachmentKeys = {
  ports: optional(
    Type.Array(Type.Union([Type.String(), port(), longPort], { expects: 'a port', example: '8080:80' }), {
      description: 'Ports of the host that lead into the container.',
      expects: 'a list of ports',
      example: ['8080:80'],
    }),
  ),
  expose: optional(
    Type.Array(
      Type.Union([Type.String({ pattern: '^[0-9]+(/tcp)?$' }), port()], { expects: 'a port', example: 8080 }),
      {
        expects: 'a list of ports',
      },
    ),
  ),
  volumes: optional(
    Type.Array(Type.Union([text(), longMount], { expects: 'a mount', example: 'data:/var/lib/data' }), {
      description: 'Volumes (`data:/data`) and folders of the host (`/srv/data:/data:ro`).',
      expects: 'a list of mounts',
      example: ['data:/var/lib/data'],
    }),
  ),
  tmpfs: optional(
    textOrTexts({ description: 'Folders of the container that live in memory.', example: '/run' }),
  ),
  networks: optional(networks),
  network_mode: optional(oneOf(['host', 'none', 'bridge'], { description: 'Instead of `networks`.' })),
  extra_hosts: optional(
    namedValues({ description: 'Names for /etc/hosts.', example: ['printer:192.0.2.7'] }),
  ),
  dns: optional(textOrTexts({ description: 'Name servers, instead of the engine’s.', example: '192.0.2.1' })),
  secrets: optional(
    Type.Array(Type.Union([text(), secret], { expects: 'the name of a secret', example: 'shop-db' }), {
      description: 'Secrets as files below /run/secrets.',
      expects: 'a list of secrets',
      example: ['shop-db'],
    }),
  ),
  configs: optional(
    Type.Array(config, {
      description: 'Small files that are put into the container.',
      expects: 'a list of { target, content }',
    }),
  ),
};
