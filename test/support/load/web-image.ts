// The two versions to switch between as images: small, slow and streamed answers and an echo over an upgraded connection.
import { busyboxLayer, nginxLayer } from '../../../scripts/local-images/base-layers.ts';
import type { LocalImage } from '../../../scripts/local-images/image.ts';
import { makeLayer } from '../../../scripts/local-images/layer.ts';
import { loadImages } from '../../../scripts/local-images/load.ts';
import type { TestEngine } from '../real/engine.ts';

export const loadImageOf = (version: string): string => `tinyforge-test/load:${version}`;

/** Port 8080, and what `fromOneOf` understands. `/ws` upgrades and sends back each line. */
export async function loadVersions(
  engine: Pick<TestEngine, 'socketPath'>,
  versions: readonly string[],
): Promise<void> {
  await loadImages(engine.socketPath, await Promise.all(versions.map(imageOf)));
}

async function imageOf(version: string): Promise<LocalImage> {
  const own = await makeLayer([
    { type: 'file', path: 'etc/nginx/nginx.conf', content: configuration(version) },
    { type: 'file', path: 'srv/slow', content: `${version} end` },
    { type: 'file', path: 'srv/stream', content: streamed(version) },
    { type: 'file', path: 'bin/echo-back', content: echoBack, mode: 0o755 },
    { type: 'file', path: 'bin/serve', content: serve, mode: 0o755 },
  ]);
  const settings = {
    Cmd: ['/bin/serve'],
    Env: ['PATH=/usr/sbin:/bin'],
    ExposedPorts: { '8080/tcp': {} },
  };
  return {
    reference: loadImageOf(version),
    layers: [await busyboxLayer(), await nginxLayer(), own],
    settings,
  };
}

/** With its head an answer is longer than that, so its end comes when the next second begins. */
const STREAM_BYTES_PER_S = 1_000;
const LINE_BYTES = 110;

function streamed(version: string): string {
  const chunks = Array.from({ length: 9 }, (_, chunk) =>
    `${version} chunk ${chunk + 1} `.padEnd(LINE_BYTES, '.'),
  );
  return [...chunks, `${version} end`].join('\n');
}

/** One queue for all slow ones: with six clients that never pause, each waits a quarter of a second. */
function configuration(version: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `worker_processes 1;
pid /tmp/nginx.pid;
error_log /dev/stderr error;
events { worker_connections 1024; }
http {
  access_log off;
  default_type text/plain;
${temporary.map((kind) => `  ${kind}_temp_path /tmp/${kind};`).join('\n')}
  limit_req_zone $server_port zone=slow:1m rate=24r/s;
  limit_req_log_level info;
  server {
    listen 8080;
    root /srv;
    add_header x-version ${version} always;
    if (-f /tmp/warming-up) { return 503; }
    location / { return 200 "${version} end"; }
    location = /healthz { return 200 "ok"; }
    location = /slow { limit_req zone=slow burst=100; try_files /slow =404; }
    location = /stream { limit_rate ${STREAM_BYTES_PER_S}; try_files /stream =404; }
    location = /ws {
      proxy_pass http://127.0.0.1:8081;
      proxy_http_version 1.1;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection upgrade;
    }
  }
}
`;
}

const echoBack = `#!/bin/sh
# Upgrades one connection and sends back each of its lines.
while IFS= read -r line; do
  [ "$line" = "$(printf '\\r')" ] && break
done
printf 'HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: upgrade\\r\\n\\r\\n'
exec cat
`;

const serve = `#!/bin/sh
# Serves until it is told to end. For WARM_UP_S seconds it answers only that it cannot yet.
if [ -n "$WARM_UP_S" ]; then
  touch /tmp/warming-up
  (sleep "$WARM_UP_S"; rm /tmp/warming-up) &
fi
nc -ll -p 8081 -e /bin/echo-back &
exec nginx -g 'daemon off;'
`;
