// A small web application as an image, in versions that are good or bad in the ways that a roll-out must notice.
import { busyboxLayer, nginxLayer } from './base-layers.ts';
import type { ImageSettings, LocalImage } from './image.ts';
import { makeLayer } from './layer.ts';

/**
 * - `healthy`: answers at once on port 8080, `/` with its version, `/healthz` with 200.
 * - `never-healthy`: answers `/healthz` with 503 and a body that says why.
 * - `exits`: writes two lines to its log and ends with exit code 3.
 * - `ignores-term`: healthy, but SIGTERM does not end it.
 * - `slow-start`: opens its port after two seconds.
 * - `turns-unhealthy`: healthy for four seconds, then as `never-healthy`.
 * - `fails-behind-proxy`: healthy for who asks it directly, 500 for what a proxy sent on.
 */
export type WebBehaviour =
  | 'healthy'
  | 'never-healthy'
  | 'exits'
  | 'ignores-term'
  | 'slow-start'
  | 'turns-unhealthy'
  | 'fails-behind-proxy';

export interface WebImageOptions {
  /** `name:tag` */
  readonly reference: string;
  /** What `/` answers, followed by a line's end; left out, the reference's tag. */
  readonly version?: string;
  readonly behaviour?: WebBehaviour;
  /** `image` puts a health check into the image, once a second. */
  readonly healthcheck?: 'none' | 'image';
}

/** In any of them, the file /run/unhealthy turns `/healthz` to 503 for as long as it is there. */
export async function webImage(options: WebImageOptions): Promise<LocalImage> {
  const { reference, behaviour = 'healthy', healthcheck = 'none' } = options;
  const version = options.version ?? reference.slice(reference.lastIndexOf(':') + 1);
  const own = await makeLayer([
    { type: 'file', path: 'etc/nginx/nginx.conf', content: nginxConfiguration(version, behaviour) },
    { type: 'file', path: 'bin/serve', content: startScript(behaviour), mode: 0o755 },
  ]);
  const settings: ImageSettings = {
    Cmd: ['/bin/serve'],
    Env: ['PATH=/usr/sbin:/bin'],
    ExposedPorts: { '8080/tcp': {} },
    ...(healthcheck === 'image' ? { Healthcheck: imageHealthcheck } : {}),
  };
  return { reference, layers: [await busyboxLayer(), await nginxLayer(), own], settings };
}

const secondNs = 1_000_000_000;

// By address: the static wget crashes when it looks up a name.
const imageHealthcheck = {
  Test: ['CMD', 'wget', '-q', '-O', '/dev/null', 'http://127.0.0.1:8080/healthz'],
  Interval: secondNs,
  Timeout: 2 * secondNs,
  Retries: 3,
};

/** Nothing is written but below /tmp and /run, so that it also runs read-only with a tmpfs there, and as any user. */
function nginxConfiguration(version: string, behaviour: WebBehaviour): string {
  const guard =
    behaviour === 'fails-behind-proxy'
      ? '\n    if ($http_x_forwarded_for) { return 500 "no such tenant\\n"; }'
      : '';
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `worker_processes 1;
pid /tmp/nginx.pid;
error_log /dev/stderr warn;
events { worker_connections 256; }
http {
  access_log off;
  default_type text/plain;
${temporary.map((kind) => `  ${kind}_temp_path /tmp/${kind};`).join('\n')}
  server {
    listen 8080;${guard}
    location / { return 200 "${version}\\n"; }
    location = /healthz {
      if (-f /run/unhealthy) { return 503 "the database is locked\\n"; }
      return 200 "ok\\n";
    }
  }
}
`;
}

function startScript(behaviour: WebBehaviour): string {
  const serve = "exec nginx -g 'daemon off;'";
  const scripts: Readonly<Record<WebBehaviour, string>> = {
    healthy: serve,
    'never-healthy': `touch /run/unhealthy\n${serve}`,
    exits: 'echo "reading the configuration"\necho "fatal: DATABASE_URL is not set" >&2\nexit 3',
    'ignores-term': "trap '' TERM\nnginx -g 'daemon off;' &\nwhile true; do wait; sleep 1; done",
    'slow-start': `sleep 2\n${serve}`,
    'fails-behind-proxy': serve,
    'turns-unhealthy': `(sleep 4; touch /run/unhealthy) &\n${serve}`,
  };
  return `#!/bin/sh\n# Starts the web application of this test image.\n${scripts[behaviour]}\n`;
}
