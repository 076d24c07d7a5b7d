// Two images that are not applications of ours: a shell to run anything in, and a web server as the official nginx image is.
import { busyboxLayer, nginxLayer } from './base-layers.ts';
import type { LocalImage } from './image.ts';
import { makeLayer } from './layer.ts';

/** Busybox; without a command it waits until it is told to stop, and leaves at once then. */
export async function shellImage(reference: string): Promise<LocalImage> {
  return {
    reference,
    layers: [await busyboxLayer()],
    settings: {
      // As process 1 a plain `sleep` would ignore SIGTERM and cost each stop its whole grace period.
      Cmd: ['sh', '-c', 'trap "exit 0" TERM; sleep 2147483647 & wait'],
      Env: ['PATH=/bin'],
    },
  };
}

/**
 * nginx with the contract of the official image: files in /usr/share/nginx/html, /etc/nginx/conf.d/*.conf included,
 * port 80, `nginx -g 'daemon off;'`, ended by SIGQUIT.
 */
export async function siteImage(reference: string): Promise<LocalImage> {
  const own = await makeLayer([
    { type: 'file', path: 'etc/nginx/nginx.conf', content: mainConfiguration },
    { type: 'file', path: 'etc/nginx/conf.d/default.conf', content: defaultServer },
    { type: 'file', path: 'usr/share/nginx/html/index.html', content: '<h1>Welcome to nginx!</h1>\n' },
    { type: 'file', path: 'usr/share/nginx/html/50x.html', content: '<h1>An error occurred.</h1>\n' },
  ]);
  return {
    reference,
    layers: [await busyboxLayer(), await nginxLayer(), own],
    settings: {
      Cmd: ['nginx', '-g', 'daemon off;'],
      Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
      ExposedPorts: { '80/tcp': {} },
      StopSignal: 'SIGQUIT',
    },
  };
}

const mainConfiguration = `user nginx;
worker_processes 1;
error_log /var/log/nginx/error.log notice;
pid /run/nginx.pid;
events { worker_connections 1024; }
http {
  include /etc/nginx/mime.types;
  default_type application/octet-stream;
  access_log /var/log/nginx/access.log;
  sendfile on;
  keepalive_timeout 65;
  include /etc/nginx/conf.d/*.conf;
}
`;

const defaultServer = `server {
  listen 80;
  server_name localhost;
  location / {
    root /usr/share/nginx/html;
    index index.html index.htm;
  }
  error_page 500 502 503 504 /50x.html;
  location = /50x.html { root /usr/share/nginx/html; }
}
`;
