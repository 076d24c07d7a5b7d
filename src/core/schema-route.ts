// How a workload is reached from outside: names, port, certificate, and what the proxy does on the way.
import type { Static } from 'typebox';
import { FORWARD_PATTERN } from './route/forward-address.ts';
import { secretReference } from './schema-config-sources.ts';
import { domain, flag, oneOf, port, text } from './schema-parts.ts';
import { Type } from './schema-type.ts';

const optional = Type.Optional;
const strict = { additionalProperties: false };

/** Lines of the proxy's own language; more than this is no route any more. */
const advancedConfig = (description: string) =>
  text({
    description,
    maxLength: 16_384,
    example: 'client_max_body_size 1g;',
  });

const location = Type.Object(
  {
    path: Type.String({
      pattern: '^/[A-Za-z0-9._~!&()*+,=:@%/-]*$',
      maxLength: 500,
      description: 'What paths begin with.',
      expects: 'a path that begins with /',
      example: '/api',
    }),
    forward: Type.String({
      pattern: FORWARD_PATTERN,
      description: 'Where they lead.',
      expects: 'an address such as http://api:8080/v2',
      example: 'http://api:8080',
    }),
    advanced_config: optional(advancedConfig('Lines of the proxy’s own configuration for this path.')),
  },
  { ...strict, expects: 'a map such as { path: /api, forward: "http://api:8080" }' },
);

export const routeMap = Type.Object(
  {
    websockets: optional(flag({ description: 'Let WebSockets through. Default true.' })),
    caching: optional(flag({ description: 'Keep pictures, styles and scripts at the proxy.' })),
    block_exploits: optional(flag({ description: 'Refuse requests that look like known attacks.' })),
    access_list: optional(
      Type.String({
        pattern: '^[^\\p{Cc}]{1,100}$',
        description: 'Who may come in: an access list of the proxy, by its name.',
        expects: 'the name of an access list',
        example: 'family',
      }),
    ),
    locations: optional(
      Type.Array(location, {
        maxItems: 50,
        description: 'Paths that lead elsewhere.',
        expects: 'a list of { path, forward }',
        example: [{ path: '/api', forward: 'http://api:8080' }],
      }),
    ),
    advanced_config: optional(advancedConfig('Lines of the proxy’s own configuration.')),
  },
  {
    ...strict,
    description: 'What the proxy does beside forwarding.',
    expects: 'a map such as { caching: true }',
    example: { caching: true },
  },
);

const certificateName = Type.String({
  pattern: '^[^\\p{Cc}]{1,100}$',
  expects: '`auto` or the name of a certificate',
});

const certificate = Type.Union(
  [
    certificateName,
    Type.Object(
      {
        upload: optional(
          Type.Object(
            {
              certificate: secretReference('The certificate with its chain, as PEM.', '${secret:shop-crt}'),
              key: secretReference('Its key, as PEM.', '${secret:shop-key}'),
            },
            { ...strict, description: 'A certificate from secrets.' },
          ),
        ),
        letsencrypt: optional(
          Type.Object(
            {
              email: optional(
                Type.String({
                  pattern: '^[^\\s@]+@[^\\s@]+$',
                  maxLength: 254,
                  description: 'Who is told before it runs out.',
                  expects: 'an email address',
                  example: 'me@example.com',
                }),
              ),
              dns: optional(
                Type.Object(
                  {
                    provider: Type.String({
                      pattern: '^[a-z0-9][a-z0-9_-]{0,62}$',
                      description: 'The name of the provider’s plugin in the proxy.',
                      expects: 'the name of a plugin',
                      example: 'cloudflare',
                    }),
                    credentials: secretReference('What its plugin logs in with.', '${secret:cloudflare}'),
                  },
                  { ...strict, description: 'Prove the domain by DNS, as wildcards need it.' },
                ),
              ),
            },
            { ...strict, description: 'Let the proxy ask Let’s Encrypt for one.' },
          ),
        ),
      },
      strict,
    ),
  ],
  {
    description: 'Which certificate: `auto` is the one in the proxy that covers its names.',
    expects: '`auto`, the name of a certificate, { upload: … } or { letsencrypt: … }',
    example: 'auto',
  },
);

export const tls = Type.Union(
  [
    oneOf(['auto', 'off']),
    Type.Object(
      {
        certificate: optional(certificate),
        force: optional(flag({ description: 'Send plain HTTP on to HTTPS. Default true.' })),
        http2: optional(flag({ description: 'Speak HTTP/2. Default true.' })),
        hsts: optional(flag({ description: 'Tell browsers to use nothing but HTTPS from now on.' })),
        hsts_subdomains: optional(flag({ description: 'The same for all names below.' })),
      },
      strict,
    ),
  ],
  {
    description:
      'auto: HTTPS with the certificate of the proxy that fits, and no route without one. off: plain HTTP. Without this key: what fits, else plain HTTP.',
    expects: '`auto`, `off` or a map such as { certificate: auto }',
    example: 'auto',
  },
);

export const routeKeys = {
  domains: optional(
    Type.Array(domain(), {
      maxItems: 100,
      description: 'Host names to route to it.',
      expects: 'a list of domain names',
      example: ['shop.example.com'],
    }),
  ),
  subdomain: optional(
    Type.String({
      pattern: '^[a-zA-Z0-9{]([a-zA-Z0-9.{}-]{0,200}[a-zA-Z0-9}])?$',
      description: 'A name below the domain of tinyforge.yaml; `auto` makes it by the pattern there.',
      expects: 'a name below your domain',
      example: 'shop',
    }),
  ),
  port: optional(port({ description: 'The port of the container that is routed and checked.' })),
  scheme: optional(oneOf(['http', 'https'], { description: 'How the proxy speaks to it. Default http.' })),
  tls: optional(tls),
  route: optional(routeMap),
};

export interface WrittenRoute {
  domains?: string[];
  subdomain?: string;
  port?: number;
  scheme?: 'http' | 'https';
  tls?: Static<typeof tls>;
  route?: Static<typeof routeMap>;
}
