// The files of redirections, of hosts that answer 404, of streams, and of the default site.
import { comment, forcedTls, hsts, listenLines, type References, type RenderPlace } from './render-host.ts';
import type { Row } from './rows.ts';

export function renderRedirectionHost(host: Row, references: References, place: RenderPlace): string {
  const scheme = host.forward_scheme === 'auto' ? '$scheme' : host.forward_scheme;
  const path = host.preserve_path ? '$request_uri' : '';
  return `${comment(host)}
server {
${listenLines(host, references, place)}${hsts(host, references)}${forcedTls(host, references)}
${host.advanced_config ?? ''}
  location / {
${hsts(host, references)}    return ${host.forward_http_code} ${scheme}://${host.forward_domain_name}${path};
  }
}
`;
}

export function renderDeadHost(host: Row, references: References, place: RenderPlace): string {
  return `${comment(host)}
server {
${listenLines(host, references, place)}${hsts(host, references)}${forcedTls(host, references)}
${host.advanced_config ?? ''}
  location / {
${hsts(host, references)}    return 404;
  }
}
`;
}

export function renderStream(host: Row, { certificate }: References, { root, listen }: RenderPlace): string {
  const tls =
    certificate === null
      ? ''
      : `  ssl_certificate ${root}/custom_ssl/npm-${certificate.id}/fullchain.pem;\n  ssl_certificate_key ${root}/custom_ssl/npm-${certificate.id}/privkey.pem;\n`;
  // TLS is TCP's alone: the UDP server of the same port has no certificate, in the real one too.
  const server = (at: string, lines = '') =>
    `server {\n  listen ${at};\n${lines}  proxy_pass ${host.forwarding_host}:${host.forwarding_port};\n}\n`;
  const address = `${listen.stream}${host.incoming_port}`;
  return `${comment(host)}
${host.tcp_forwarding ? server(`${address}${certificate === null ? '' : ' ssl'}`, tls) : ''}
${host.udp_forwarding ? server(`${address} udp`) : ''}
`;
}

/** The file of the default site, or null where nginx's first server is meant ("Congratulations"). */
export function renderDefaultSite(
  setting: Readonly<Record<string, unknown>>,
  { listen, root }: RenderPlace,
): string | null {
  const meta = (setting.meta ?? {}) as Record<string, string>;
  const answers: Readonly<Record<string, string>> = {
    '404': 'location / { return 404; }',
    '444': 'return 444;',
    redirect: `location / { return 301 ${meta.redirect ?? ''}; }`,
    html: `root ${root}/nginx/default_www; location / { try_files $uri /index.html; }`,
  };
  const answer = answers[String(setting.value)];
  if (answer === undefined) return null;
  return `server {\n  listen ${listen.http} default_server;\n  server_name default-host.localhost;\n  ${answer}\n}\n`;
}
