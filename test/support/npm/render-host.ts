// The server block that the real one generates for a proxy host: its variables first, then advanced_config, then `location /`.
import type { Listen } from './nginx.ts';
import { assets, exploits, upgrade } from './render-snippets.ts';
import type { Row } from './rows.ts';

export interface RenderPlace {
  /** The folder of nginx's files as nginx sees it. */
  readonly root: string;
  readonly listen: Listen;
}

/** What a host's references lead to; null where there is nothing at the end of them. */
export interface References {
  readonly certificate: Row | null;
  readonly accessList: AccessRules | null;
}

export interface AccessRules {
  readonly id: number;
  readonly satisfyAny: boolean;
  readonly passAuth: boolean;
  readonly users: number;
  readonly clients: readonly { readonly directive: string; readonly address: string }[];
}

/** The file of a proxy host. */
export function renderProxyHost(host: Row, references: References, place: RenderPlace): string {
  const advanced = String(host.advanced_config ?? '');
  const locations = Array.isArray(host.locations) ? host.locations : [];
  const ownRoot =
    /^(?:.*;)?\s*location\s*\/\s*\{/im.test(advanced) || locations.some(({ path }) => path === '/');
  return `${comment(host)}
server {
  set $forward_scheme ${host.forward_scheme};
  set $server         "${host.forward_host}";
  set $port           ${host.forward_port};

${listenLines(host, references, place)}
${host.caching_enabled ? assets() : ''}${host.block_exploits ? exploits : ''}${hsts(host, references)}${forcedTls(host, references)}${host.allow_websocket_upgrade ? upgrade : ''}
${advanced}
${locations.map((location) => renderLocation(host, location, references, place)).join('')}
${ownRoot ? '' : `  location / {\n${access(references, place)}${hsts(host, references)}${host.allow_websocket_upgrade ? upgrade : ''}${proxyLines(host)}  }\n`}
  include ${place.root}/nginx/custom/server_proxy[.]conf;
}
`;
}

export function comment(host: Row): string {
  const names = Array.isArray(host.domain_names) ? host.domain_names.join(', ') : String(host.incoming_port);
  return `# ------------------------------------------------------------\n# ${names}\n# ------------------------------------------------------------\n`;
}

/** Ports, names and the certificate's files; no 443 without a certificate that is there. */
export function listenLines(host: Row, { certificate }: References, { root, listen }: RenderPlace): string {
  const names = (host.domain_names as readonly string[]).join(' ');
  const http2 = host.http2_support ? ' http2' : '';
  const tls =
    certificate === null
      ? ''
      : `  listen ${listen.https} ssl${http2};
  ssl_certificate ${root}/custom_ssl/npm-${certificate.id}/fullchain.pem;
  ssl_certificate_key ${root}/custom_ssl/npm-${certificate.id}/privkey.pem;
  ssl_session_timeout 5m;
  ssl_protocols TLSv1.2 TLSv1.3;
`;
  return `  listen ${listen.http};\n${tls}  server_name ${names};\n  http2_push_preload off;\n`;
}

/** Whom the real one sends to https: only where a certificate is there. */
export function forcedTls(host: Row, { certificate }: References): string {
  if (certificate === null || !host.ssl_forced) return '';
  const trust = host.trust_forwarded_proto ? 'if ($http_x_forwarded_proto = "https") { set $plain 0; }' : '';
  return `  set $plain 0;
  if ($scheme = "http") { set $plain 1; }
  ${trust}
  if ($request_uri ~ "^/\\.well-known/acme-challenge/") { set $plain 0; }
  if ($plain) { return 301 https://$host$request_uri; }
`;
}

export function hsts(host: Row, { certificate }: References): string {
  if (certificate === null || !host.ssl_forced || !host.hsts_enabled) return '';
  const header = host.hsts_subdomains
    ? 'max-age=63072000; includeSubDomains; preload'
    : 'max-age=63072000; preload';
  return `  add_header Strict-Transport-Security "${header}" always;\n`;
}

function renderLocation(
  host: Row,
  location: Readonly<Record<string, unknown>>,
  references: References,
  place: RenderPlace,
): string {
  const path = String(location.forward_path ?? '');
  // The address is written out, not a variable: that is why a name that does not resolve takes the whole host off.
  const upstream = `${location.forward_scheme}://${location.forward_host}:${location.forward_port}${path}`;
  return `  location ${location.path} {
${location.advanced_config ?? ''}
    proxy_set_header Host $host;
    proxy_set_header X-Forwarded-Scheme $scheme;
    proxy_set_header X-Forwarded-Proto $scheme;
    proxy_set_header X-Forwarded-For $remote_addr;
    proxy_set_header X-Real-IP $remote_addr;
    proxy_pass ${upstream};
${access(references, place)}${host.block_exploits ? exploits : ''}${hsts(host, references)}${host.allow_websocket_upgrade ? upgrade : ''}
  }
`;
}

function access({ accessList }: References, { root }: RenderPlace): string {
  if (accessList === null) return '';
  const users =
    accessList.users === 0
      ? ''
      : `    auth_basic "Authorization required";
    auth_basic_user_file ${root}/access/${accessList.id};
${accessList.passAuth ? '' : '    proxy_set_header Authorization "";\n'}`;
  const rules = accessList.clients.map(({ directive, address }) => `    ${directive} ${address};\n`).join('');
  return `${users}${rules}    deny all;\n    satisfy ${accessList.satisfyAny ? 'any' : 'all'};\n`;
}

function proxyLines(host: Row): string {
  const trusted = host.trust_forwarded_proto === true;
  const scheme = trusted ? '$http_x_forwarded_proto' : '$scheme';
  return `    add_header X-Served-By $host;
    proxy_set_header Host $host;
    proxy_set_header X-Forwarded-Scheme ${scheme};
    proxy_set_header X-Forwarded-Proto ${scheme};
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    proxy_set_header X-Real-IP $remote_addr;
    proxy_pass $forward_scheme://$server:$port$request_uri;
`;
}
