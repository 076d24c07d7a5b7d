// The web server's configuration for one release, in the words of nginx (the official image's contract).
import type { ContainerSpec, HealthCheck } from '../../model/container-spec.ts';
import type { DesiredSite } from '../../model/desired.ts';

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

/** One server block. Names come from validated manifests, and are quoted all the same. */
export function serverConfig({ spa, notFound }: Pick<DesiredSite, 'spa' | 'notFound'>): string {
  const fallback = spa ? '/index.html' : '=404';
  return [
    'server {',
    `  listen ${SITE_PORT} default_server;`,
    `  root ${SITE_ROOT};`,
    '  server_tokens off;',
    '  absolute_redirect off;',
    ...(notFound === null ? [] : [`  error_page 404 "/${quote(notFound.replace(/^\/+/, ''))}";`]),
    `  location = ${HEALTH_PATH} { access_log off; return 204; }`,
    `  location / { try_files $uri $uri/ ${fallback}; }`,
    '}',
    '',
  ].join('\n');
}

/** A container that holds one immutable release. */
export function siteSpec(site: DesiredSite, tree: { hash: string; directory: string }): ContainerSpec {
  return {
    image: site.image,
    command: null,
    entrypoint: null,
    environment: {},
    labels: {},
    user: null,
    workingDir: null,
    hostname: null,
    ports: [],
    expose: [SITE_PORT],
    mounts: [],
    files: [{ target: '/etc/nginx/conf.d/default.conf', content: serverConfig(site), mode: 0o444 }],
    trees: [{ from: tree.directory, target: SITE_ROOT, hash: tree.hash }],
    networks: [site.name],
    networkMode: null,
    restart: { name: 'unless-stopped', maxRetries: 0 },
    stopSignal: null,
    stopGraceMs: 10_000,
    resources: { memoryBytes: null, memoryReservationBytes: null, cpus: null, pids: null },
    capAdd: [],
    capDrop: [],
    securityOpt: [],
    groupAdd: [],
    devices: [],
    extraHosts: [],
    dns: [],
    readOnly: false,
    init: false,
    privileged: false,
    pid: null,
    ipc: null,
    shmSizeBytes: null,
    ulimits: {},
    sysctls: {},
    logging: null,
    health: SITE_CHECK,
  };
}

function quote(path: string): string {
  return path.replaceAll(/["\\$]/g, (character) => `\\${character}`);
}
