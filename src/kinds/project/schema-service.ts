// The keys of one container as Compose has them: the service part of a project and of each of its stages.
import { Type } from 'typebox';
import {
  bytes,
  duration,
  flag,
  namedValues,
  oneOf,
  port,
  relativePath,
  text,
  textOrTexts,
  texts,
} from '../../core/schema-parts.ts';
import { healthcheck } from './schema-healthcheck.ts';

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

const resources = Type.Object(
  {
    limits: optional(
      Type.Object(
        {
          cpus: optional(
            Type.Union([Type.String({ pattern: '^[0-9]+(\\.[0-9]+)?$' }), Type.Number({ minimum: 0 })], {
              expects: 'a number of processors',
              example: 0.5,
            }),
          ),
          memory: optional(bytes()),
          pids: optional(Type.Integer({ minimum: 1, example: 200 })),
        },
        { ...strict, description: 'What it may use at most.' },
      ),
    ),
    reservations: optional(
      Type.Object({ memory: optional(bytes()) }, { ...strict, description: 'What is kept for it.' }),
    ),
  },
  strict,
);

const ulimit = Type.Union(
  [
    Type.Integer({ minimum: -1 }),
    Type.Object({ soft: Type.Integer({ minimum: -1 }), hard: Type.Integer({ minimum: -1 }) }, strict),
  ],
  { expects: 'a number, or { soft, hard }', example: 1024 },
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

/** In the order in which the documentation shows them. */
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
  deploy: optional(
    Type.Object(
      { resources: optional(resources) },
      { ...strict, description: 'Limits, in Compose’s words.' },
    ),
  ),
  cap_add: optional(texts({ description: 'Rights of the kernel to add.', example: ['NET_BIND_SERVICE'] })),
  cap_drop: optional(texts({ description: 'Rights of the kernel to take away.', example: ['ALL'] })),
  security_opt: optional(
    texts({ description: 'Options of the kernel’s security modules.', example: ['no-new-privileges:true'] }),
  ),
  read_only: optional(flag({ description: 'The container’s own files cannot be written.' })),
  init: optional(flag({ description: 'A small init process reaps children and passes signals on.' })),
  privileged: optional(flag({ description: 'All rights on the host. Think twice.' })),
  devices: optional(
    texts({ description: 'Devices of the host, HOST:CONTAINER.', example: ['/dev/dri:/dev/dri'] }),
  ),
  extra_hosts: optional(
    namedValues({ description: 'Names for /etc/hosts.', example: ['printer:192.0.2.7'] }),
  ),
  dns: optional(textOrTexts({ description: 'Name servers, instead of the engine’s.', example: '192.0.2.1' })),
  hostname: optional(text({ description: 'Its own name inside.', example: 'shop' })),
  labels: optional(namedValues({ description: 'Labels of the container.', example: { team: 'web' } })),
  logging: optional(
    Type.Object(
      { driver: optional(text({ example: 'local' })), options: optional(namedValues()) },
      { ...strict, description: 'Where its log goes.', example: { driver: 'local' } },
    ),
  ),
  ulimits: optional(
    Type.Record(Type.String({ pattern: '^[a-z]+$' }), ulimit, {
      additionalProperties: false,
      keyExpects: 'the name of a limit',
    }),
  ),
  sysctls: optional(
    namedValues({
      description: 'Settings of the kernel for its namespaces.',
      example: { 'net.core.somaxconn': 1024 },
    }),
  ),
  shm_size: optional(bytes({ description: 'Size of /dev/shm.' })),
  pid: optional(oneOf(['host'], { description: 'See the processes of the host.' })),
  ipc: optional(oneOf(['private', 'shareable', 'none', 'host'], { description: 'Shared memory: whose.' })),
  group_add: optional(
    Type.Array(Type.Union([text(), Type.Integer({ minimum: 0 })], { expects: 'a group' }), {
      expects: 'a list of groups',
    }),
  ),
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
