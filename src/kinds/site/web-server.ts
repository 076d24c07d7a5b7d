// The web server's configuration for one release, in the words of nginx (the official image's contract).
import { PLAIN_CONTAINER } from '../../core/plain-container.ts';
import type { ContainerSpec, HealthCheck } from '../../model/container-spec.ts';
import type { DesiredSite } from '../../model/desired.ts';
import { headerLines, redirectLines } from './nginx-maps.ts';
import { DOLLAR_BLOCK, literal, matchingPath } from './nginx-text.ts';

export const SITE_PORT = 80;
export const SITE_ROOT = '/usr/share/nginx/html';
/** Answers whatever the content is: that nginx has read its configuration and serves. */
export const HEALTH_PATH = '/-/tinyforge-health';

export const SITE_CHECK: HealthCheck = {
  type: 'http',
  path: HEALTH_PATH,
  port: SITE_PORT,
  timing: { intervalMs: 500, timeoutMs: 2_000, retries: 20, startPeriodMs: 0 },
};

type Served = Pick<DesiredSite, 'spa' | 'notFound' | 'serving'>;

/** One server block with its tables. Every text of the manifest is one token of it (nginx-text.ts). */
export function serverConfig({ spa, notFound, serving }: Served): string {
  const fallback = spa ? '/index.html' : '=404';
  const headers = headerLines(serving);
  const redirects = redirectLines(serving, HEALTH_PATH);
  const files = serving.cleanUrls ? '$uri $uri.html $uri/' : '$uri $uri/';
  const text = [
    ...headers.outside,
    ...redirects.outside,
    'server {',
    `  listen ${SITE_PORT} default_server;`,
    `  root ${SITE_ROOT};`,
    '  server_tokens off;',
    '  absolute_redirect off;',
    ...headers.inside,
    ...redirects.inside,
    ...(serving.precompressed ? ['  gzip_static on;', '  gzip_vary on;'] : []),
    ...(notFound === null ? [] : [`  error_page 404 ${literal(`/${notFound.replace(/^\/+/, '')}`)};`]),
    `  location = ${HEALTH_PATH} { access_log off; return 204; }`,
    // What is missing there is missing: another page in its place would be kept for a year.
    ...serving.immutable.map((path) => `  location ~ "${matchingPath(path)}" { try_files $uri =404; }`),
    `  location / { try_files ${files} ${fallback}; }`,
    '}',
    '',
  ].join('\n');
  return text.includes('tinyforge_dollar') ? `${DOLLAR_BLOCK}\n${text}` : text;
}

/** A container that holds one immutable release. */
export function siteSpec(site: DesiredSite, tree: { hash: string; directory: string }): ContainerSpec {
  return {
    ...PLAIN_CONTAINER,
    image: site.image,
    expose: [SITE_PORT],
    files: [{ target: '/etc/nginx/conf.d/default.conf', content: serverConfig(site), mode: 0o444 }],
    trees: [{ from: tree.directory, target: SITE_ROOT, hash: tree.hash }],
    networks: [site.name],
    restart: { name: 'unless-stopped', maxRetries: 0 },
    health: SITE_CHECK,
  };
}
