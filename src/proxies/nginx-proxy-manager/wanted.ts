// From a wish to what the API is to hold: the fields and the mark, our lines within. Pure.
import { shortHash } from '../../core/canonical.ts';
import type { RouteTarget, RouteWish } from '../../model/route.ts';
import type { RoutePut } from '../../ports/proxy-provider.ts';
import { type Fields, type HostKind, readFields } from './fields.ts';
import { hostText, joinConfig, type LineOptions, renderLines } from './lines.ts';
import { linesHash, type Mark } from './mark.ts';
import { revisionOf } from './revision.ts';

export const KIND_OF: Readonly<Record<RouteTarget['type'], HostKind>> = {
  forward: 'proxy-host',
  redirect: 'redirection-host',
  not_found: 'dead-host',
  stream: 'stream',
};

export interface Wanted {
  kind: HostKind;
  fields: Fields;
  mark: Mark;
}

/** Ids of what the wish names, looked up before. */
export interface Resolved {
  /** 0 for none. */
  certificateId: number;
  fingerprint: string | null;
  /** 0 for everybody. */
  accessId: number;
}

export interface WantedOptions extends Omit<LineOptions, 'revision'> {
  controller: string;
  resolved: Resolved;
  /** Which writing it is. */
  turn: number;
}

export function wantedOf({ wish, traffic }: RoutePut, options: WantedOptions): Wanted {
  const { controller, resolved, secret, reach } = options;
  const kind = KIND_OF[wish.target.type];
  const plain = {
    ...plainFields(wish),
    ...upstreamFields(traffic),
    ...tlsFields(wish, resolved.certificateId),
  };
  const user = userConfigOf(wish);
  if (kind === 'proxy-host') plain.access_list_id = resolved.accessId;
  const revision = revisionOf({ plain, user, traffic }, options.turn);
  const facts = { controller, unit: wish.unit, key: wish.key, traffic };
  const ours = kind === 'stream' ? null : renderLines(facts, { secret, revision, reach });
  const fields = readFields(kind, {
    ...plain,
    ...(ours === null ? {} : { advanced_config: joinConfig(ours, user) }),
  });
  const access = accessNameOf(wish);
  return {
    kind,
    fields,
    mark: {
      version: 1,
      controller,
      unit: wish.unit,
      key: wish.key,
      lines: linesHash(ours),
      revision,
      access: access === null ? null : { name: access, id: resolved.accessId },
      certificate:
        wish.tls === null
          ? null
          : {
              wish: certificateHash(wish),
              id: resolved.certificateId,
              fingerprint: resolved.fingerprint,
            },
    },
  };
}

/** What the manifest says of the certificate, without secrets' values: they are named, not held. */
export function certificateHash(wish: RouteWish): string {
  const certificate = wish.tls?.certificate ?? null;
  // Whether it may be without one makes it no other certificate.
  const told = certificate?.type === 'auto' ? { type: 'auto' } : certificate;
  return shortHash({ certificate: told, domains: wish.domains });
}

export function accessNameOf({ target }: RouteWish): string | null {
  return target.type === 'forward' ? target.options.accessList : null;
}

export function userConfigOf({ target }: RouteWish): string {
  return target.type === 'forward' ? target.options.advancedConfig.trim() : '';
}

/** Flags that do nothing are false: else they would be stored as sent, and fall back at the next write. */
export function tlsFields({ tls }: RouteWish, certificateId: number): Record<string, unknown> {
  const has = tls !== null && certificateId > 0;
  const forced = has && tls.force;
  return {
    certificate_id: has ? certificateId : 0,
    ssl_forced: forced,
    http2_support: has && tls.http2,
    // The proxy itself drops it where TLS is not forced.
    hsts_enabled: forced && tls.hsts,
    hsts_subdomains: forced && tls.hsts && tls.hstsSubdomains,
  };
}

/** All but TLS, access, upstream and our lines. */
export function plainFields({ domains, target }: RouteWish): Record<string, unknown> {
  switch (target.type) {
    case 'stream':
      return {
        incoming_port: target.incomingPort,
        forwarding_host: target.host,
        forwarding_port: target.port,
        tcp_forwarding: target.tcp,
        udp_forwarding: target.udp,
      };
    case 'not_found':
      return { domain_names: domains };
    case 'redirect':
      return {
        domain_names: domains,
        forward_scheme: target.scheme,
        forward_domain_name: target.domain,
        forward_http_code: target.code,
        preserve_path: target.preservePath,
        block_exploits: target.blockExploits,
      };
    case 'forward': {
      const { websockets, caching, blockExploits, locations } = target.options;
      return {
        domain_names: domains,
        allow_websocket_upgrade: websockets,
        caching_enabled: caching,
        block_exploits: blockExploits,
        locations: locations.map(({ path, upstream, forwardPath, advancedConfig }) => ({
          path,
          forward_scheme: upstream.scheme,
          forward_host: hostText(upstream.host),
          forward_port: upstream.port,
          forward_path: forwardPath ?? '',
          advanced_config: advancedConfig.trim(),
        })),
      };
    }
  }
}

function upstreamFields(traffic: RoutePut['traffic']): Record<string, unknown> {
  const first = traffic?.main[0];
  if (first === undefined) return {};
  return { forward_scheme: first.scheme, forward_host: hostText(first.host), forward_port: first.port };
}
