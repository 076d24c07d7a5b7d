// What may stand in tinyforge.yaml.
import type { Static } from 'typebox';
import { proxy } from './schema-config-proxy.ts';
import { path, secretReference, source } from './schema-config-sources.ts';
import { bytes, DNS_LABEL, duration, label, oneOf, text } from './schema-parts.ts';
import { Type } from './schema-type.ts';

const optional = Type.Optional;
const strict = { additionalProperties: false };
const engine = Type.Object(
  { socket: path('The socket of the engine.', '/var/run/docker.sock') },
  { ...strict, expects: 'a map such as { socket: /var/run/docker.sock }' },
);

const webhook = Type.Object(
  {
    name: label({ description: 'It answers at /api/webhooks/NAME.', example: 'hub' }),
    sender: label({ description: 'Who sends: github, distribution.', example: 'github' }),
    secret: secretReference('What its deliveries are signed with.', '${secret:hub}'),
    sources: optional(
      Type.Array(label(), {
        description: 'Sources to look at sooner; all without this.',
        expects: 'a list of sources',
      }),
    ),
  },
  strict,
);

export const configSchema = Type.Object(
  {
    data: optional(path('Where Tinyforge keeps its index and its checkouts.', '/var/lib/tinyforge')),
    listen: optional(
      Type.Union([Type.String(), Type.Integer({ minimum: 0, maximum: 65_535 })], {
        description: 'Address and port of the status page and the API. Default 127.0.0.1:8480.',
        expects: 'an address and a port',
        example: '127.0.0.1:8480',
      }),
    ),
    controller: optional(
      Type.Union(
        [
          label(),
          Type.Object(
            {
              name: label({ description: 'What it is called now.', example: 'home' }),
              formerly: optional(
                label({
                  description: 'What it was called before: what carries that name is its own.',
                  example: 'default',
                }),
              ),
            },
            strict,
          ),
        ],
        {
          description: 'Tells two controllers on one engine apart.',
          expects: 'a name, or a map such as { name: home, formerly: default }',
          example: 'default',
        },
      ),
    ),
    sources: optional(
      Type.Array(source, {
        description: 'Where manifests come from. Where two claim one thing, the first keeps it.',
        expects: 'a list of sources',
        example: '[{ name: home, directory: ./forge.d }]',
      }),
    ),
    engines: optional(
      Type.Record(Type.String({ pattern: DNS_LABEL }), engine, {
        ...strict,
        minProperties: 1,
        keyExpects: 'made of lower-case letters, digits and hyphens',
        description: 'Docker engines; manifests name them by `host`. The first is the default.',
        example: '{ local: { socket: /var/run/docker.sock } }',
      }),
    ),
    api: optional(
      Type.Object(
        {
          tokens: optional(
            Type.Array(secretReference('Who may use the API.', '${secret:api}'), {
              expects: 'a list of ${secret:NAME}',
            }),
          ),
          hosts: optional(
            Type.Array(text({ example: 'forge.example.com' }), {
              description: 'Names under which the page is reached, beside the address itself.',
              expects: 'a list of host names',
            }),
          ),
        },
        strict,
      ),
    ),
    webhooks: optional(Type.Array(webhook, { expects: 'a list of webhooks' })),
    proxy: optional(proxy),
    prometheus: optional(
      Type.Object(
        {
          url: Type.String({
            pattern: '^https?://[^\\s/?#@]+(/[A-Za-z0-9._~/-]*)?$',
            maxLength: 300,
            description: 'Where it is.',
            expects: 'an address such as http://prometheus:9090, without a user',
            example: 'http://prometheus:9090',
          }),
          token: optional(secretReference('The bearer token that it is asked with.', '${secret:prometheus}')),
        },
        {
          ...strict,
          description: 'The Prometheus that the metrics of canaries are asked of; no other is.',
          expects: 'a map such as { url: "http://prometheus:9090" }',
          example: '{ url: "http://prometheus:9090" }',
        },
      ),
    ),
    secrets: optional(
      Type.Object(
        { files: optional(path('A folder with one file for each secret.', '/run/secrets')) },
        strict,
      ),
    ),
    site: optional(
      Type.Object(
        {
          image: optional(text({ description: 'The web server of sites.', example: 'nginx:stable-alpine' })),
        },
        strict,
      ),
    ),
    keep: optional(
      Type.Object(
        {
          revisions: optional(
            Type.Integer({
              minimum: 1,
              maximum: 50,
              description:
                'Versions of each workload to roll back to, the running one among them. Default 5.',
              example: 5,
            }),
          ),
          disk: optional(
            bytes({ description: 'Most disk for images that only they need. Default 5g.', example: '5g' }),
          ),
        },
        strict,
      ),
    ),
    concurrency: optional(
      Type.Integer({
        minimum: 1,
        maximum: 100,
        description: 'Workloads at work at the same time.',
        example: 4,
      }),
    ),
    resync: optional(
      duration({ description: 'How often everything is compared again. Default 30s.', example: '30s' }),
    ),
    log_level: optional(oneOf(['info', 'debug', 'warn', 'error'])),
  },
  { ...strict, title: 'tinyforge.yaml', description: 'The start-up configuration of Tinyforge.' },
);

export type ConfigFile = Static<typeof configSchema>;
export type SourceEntry = Static<typeof source>;

/** Keys that the documentation knows and this version does not. */
export const LATER_CONFIG: readonly string[] = [
  'notifications',
  'backup',
  'auth',
  'secrets.sops',
  'secrets.vault',
  'engines.*.url',
  'engines.*.ssh',
  'engines.*.tls',
  ...['trusted', 'policy', 'allow', 'discover'].map((key) => `sources.*.${key}`),
];
