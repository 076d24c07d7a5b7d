// What may stand under `proxy` of tinyforge.yaml.

import { secretReference } from './schema-config-sources.ts';
import { domain, duration, flag, label, oneOf, text } from './schema-parts.ts';
import { Type } from './schema-type.ts';

const optional = Type.Optional;
const strict = { additionalProperties: false };

const address = (words: { description: string; example: string }) =>
  Type.String({
    pattern: '^https?://[^\\s/?#@]+/?$',
    maxLength: 300,
    expects: 'an address such as http://npm:81, without user and path',
    ...words,
  });

export const proxy = Type.Object(
  {
    provider: optional(
      label({
        description:
          'What it is; a name that is not known is told with those that are. Default nginx-proxy-manager.',
        example: 'nginx-proxy-manager',
      }),
    ),
    url: address({ description: 'Where its API is.', example: 'http://npm:81' }),
    email: optional(
      text({ description: 'The account that routes are made with.', example: 'bot@example.com' }),
    ),
    password: optional(secretReference('The password of that account.', '${secret:npm}')),
    totp: optional(secretReference('The key of its second factor, where it has one.', '${secret:npm-totp}')),
    traffic: optional(
      Type.Object(
        {
          http: optional(address({ description: 'Its plain side.', example: 'http://npm' })),
          https: optional(address({ description: 'Its encrypted side.', example: 'https://npm' })),
        },
        {
          ...strict,
          expects: 'a map such as { http: "http://npm" }',
          example: '{ http: "http://npm", https: "https://npm" }',
          description: 'Where it takes requests; by default ports 80 and 443 of the host of its API.',
        },
      ),
    ),
    reach: optional(
      oneOf(['network', 'published'], {
        description: 'How it reaches containers: by name on a shared network, or by published ports.',
      }),
    ),
    network: optional(
      Type.String({
        pattern: '^[a-zA-Z0-9][a-zA-Z0-9_.-]*$',
        description: 'The network that is shared with it.',
        expects: 'the name of a network',
        example: 'npm',
      }),
    ),
    address: optional(
      Type.String({
        pattern: '^[A-Za-z0-9][A-Za-z0-9.:-]*$',
        maxLength: 253,
        description: 'The host of the engine as the proxy sees it. Default 127.0.0.1.',
        expects: 'a name or an address, without a port',
        example: '192.0.2.10',
      }),
    ),
    domain: optional({ ...domain(), description: 'What subdomains are below.', example: 'example.com' }),
    subdomain: optional(
      text({
        description: 'The name of what says `subdomain: auto`. Default {stage}-{project}.',
        example: '"stage-{stage}-{project}"',
        maxLength: 200,
      }),
    ),
    drift: optional(
      oneOf(['heal', 'report'], { description: 'What is done about edits by hand. Default heal.' }),
    ),
    tls: optional(
      oneOf(['auto', 'off'], {
        description:
          'For routes that do not say: the certificate that fits, and plain HTTP without one; or none. Default auto with Nginx Proxy Manager, off with Caddy.',
      }),
    ),
    probe: optional(flag({ description: 'Send requests through it during each switch. Default true.' })),
    drain: optional(
      duration({ description: 'Time for clients to leave an old version. Default 10s.', example: '10s' }),
    ),
  },
  {
    ...strict,
    description: 'The reverse proxy in front of what runs.',
    expects: 'a map such as { url: "http://npm:81" }',
    example: '{ url: "http://npm:81", email: bot@example.com, password: "${secret:npm}", network: npm }',
  },
);
