// nginx's main configuration with the directives that matter to traffic, as the real image has them, and the default site.

import type { Listen } from './nginx.ts';

export interface MainOptions {
  readonly root: string;
  readonly listen: Listen;
  readonly resolvers: string;
  readonly streamModule: string | null;
  /** Whom the workers run as, where the master may choose. */
  readonly user: string | null;
}

/** The whole nginx.conf; hosts are files that it includes. */
export function renderMain({ root, listen, resolvers, streamModule, user }: MainOptions): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `# Made by the test double of Nginx Proxy Manager.
${streamModule === null ? '' : `load_module ${streamModule};\n`}daemon off;
pid ${root}/nginx.pid;
worker_processes 2;
error_log stderr warn;
${user === null ? '' : `user ${user};\n`}events { worker_connections 1024; }
http {
  default_type application/octet-stream;
${temporary.map((kind) => `  ${kind}_temp_path ${root}/temp/${kind};`).join('\n')}
  access_log off;
  sendfile on;
  server_tokens off;
  tcp_nopush on;
  tcp_nodelay on;
  keepalive_timeout 90s;
  proxy_connect_timeout 90s;
  proxy_send_timeout 90s;
  proxy_read_timeout 90s;
  gzip on;
  proxy_ignore_client_abort off;
  client_max_body_size 2000m;
  server_names_hash_bucket_size 1024;
  proxy_http_version 1.1;
  proxy_set_header X-Forwarded-Scheme $scheme;
  proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
  proxy_set_header Accept-Encoding "";
  proxy_cache off;
  proxy_cache_path ${root}/temp/cache levels=1:2 keys_zone=public-cache:1m max_size=16m;
  resolver ${resolvers} valid=10s;
  map $host $forward_scheme { default http; }
  map $scheme $hsts_header { https "max-age=63072000; preload"; }

  server {
    listen ${listen.http};
    server_name localhost-nginx-proxy-manager;
    location / { root ${root}/html; index index.html; }
  }
  server {
    listen ${listen.https} ssl;
    server_name localhost;
    ssl_reject_handshake on;
  }

  include ${root}/nginx/default_host/*.conf;
  include ${root}/nginx/proxy_host/*.conf;
  include ${root}/nginx/redirection_host/*.conf;
  include ${root}/nginx/dead_host/*.conf;
}
${streamModule === null ? '' : `stream {\n  include ${root}/nginx/stream/*.conf;\n}\n`}include ${root}/nginx/custom/root[.]conf;
`;
}
