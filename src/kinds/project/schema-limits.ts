// What a container may do and use.

import { bytes, flag, namedValues, oneOf, text, texts } from '../../core/schema-parts.ts';
import { Type } from '../../core/schema-type.ts';
import { updateConfig } from '../../core/schema-update.ts';

const optional = Type.Optional;
const strict = { additionalProperties: false };

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

export const limitKeys = {
  deploy: optional(
    Type.Object(
      { resources: optional(resources), update_config: optional(updateConfig) },
      { ...strict, description: 'Limits and updates, in Compose’s words.' },
    ),
  ),
  cap_add: optional(texts({ description: 'Rights of the kernel to add.', example: ['NET_BIND_SERVICE'] })),
  cap_drop: optional(texts({ description: 'Rights of the kernel to take away.', example: ['ALL'] })),
  security_opt: optional(
    texts({ description: 'Options of the kernel’s security modules.', example: ['no-new-privileges:true'] }),
  ),
  read_only: optional(flag({ description: 'The container’s own files cannot be written.' })),
  privileged: optional(flag({ description: 'All rights on the host. Think twice.' })),
  devices: optional(
    texts({ description: 'Devices of the host, HOST:CONTAINER.', example: ['/dev/dri:/dev/dri'] }),
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
};
