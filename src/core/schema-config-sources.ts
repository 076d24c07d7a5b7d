// What may stand under `sources` of tinyforge.yaml.

import { duration, label, oneOf, text } from './schema-parts.ts';
import { Type } from './schema-type.ts';

const optional = Type.Optional;
const strict = { additionalProperties: false };

export const path = (description: string, example: string) =>
  text({ description: `${description} Relative paths are relative to this file.`, example });

export const secretReference = (description: string, example: string) =>
  Type.String({
    pattern: '^\\$\\{secret:[A-Za-z0-9][A-Za-z0-9._-]{0,127}\\}$',
    description,
    expects: 'the name of a secret, written ${secret:NAME}',
    example,
  });

const variables = Type.Record(
  Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]*$' }),
  Type.Union([Type.String(), Type.Number(), Type.Boolean()], {
    expects: 'a text, a number, or true or false',
  }),
  {
    additionalProperties: false,
    keyExpects: 'made of letters, digits and underscores',
    description: 'All that ${NAME} can see in the manifests of this source.',
    example: '{ BASE: example.com }',
  },
);

const git = Type.Object(
  {
    url: text({ description: 'https, ssh or file.', example: 'https://git.example.com/me/infra.git' }),
    ref: optional(text({ description: 'A branch, a tag or a commit. Default main.', example: 'main' })),
    path: optional(text({ description: 'The folder with the manifests.', example: 'forge.d' })),
    poll: optional(duration({ description: 'How often the host is asked. Default 60s.', example: '60s' })),
    known_hosts: optional(path('Known hosts for ssh.', '/etc/tinyforge/known_hosts')),
  },
  {
    ...strict,
    expects: 'a map such as { url: … }',
    example: '{ url: "https://git.example.com/me/infra.git" }',
  },
);

export const source = Type.Object(
  {
    name: label({ description: 'How this source is called.', example: 'home' }),
    git: optional(git),
    directory: optional(path('A folder with manifests.', '/opt/forge.d')),
    credential: optional(
      secretReference('A private key for ssh; a token for https.', '${secret:deploy-key}'),
    ),
    verify: optional(
      Type.Object(
        { allowed_signers: path('Who may sign commits, as ssh has it.', '/etc/tinyforge/allowed_signers') },
        { ...strict, description: 'Apply only commits that are signed.' },
      ),
    ),
    discover: optional(
      oneOf(['compose'], {
        description: 'Each folder directly below with a Compose file is a stack, with nothing to write.',
      }),
    ),
    write_back: optional(oneOf(['commit', 'branch', 'off'])),
    variables: optional(variables),
  },
  strict,
);
