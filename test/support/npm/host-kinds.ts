// What the four kinds of hosts have in common and in which they differ: tables, folders, columns, expansions.
import type { Section } from './access.ts';
import type { Configurable } from './configure.ts';
import { accessListInside, certificateInside, ownerOf } from './expand.ts';
import { type References, renderProxyHost } from './render-host.ts';
import { renderDeadHost, renderRedirectionHost, renderStream } from './render-other.ts';
import type { Row, World } from './world.ts';

export interface HostKind extends Configurable {
  /** The last part of its path. */
  readonly path: string;
  readonly section: Section;
  readonly auditType: string;
  readonly expansions: readonly string[];
  /** Columns of a new row that the caller left out, in the real one's order. */
  readonly defaults: Readonly<Record<string, unknown>>;
}

export type KindName = 'proxy' | 'redirection' | 'dead' | 'stream';

const tls = { certificate_id: 0, ssl_forced: false };
const hsts = { http2_support: false, hsts_enabled: false, hsts_subdomains: false };

/** The kinds over one world's tables. */
export function hostKinds(world: World): Readonly<Record<KindName, HostKind>> {
  const { tables, quirks } = world;
  return {
    proxy: {
      path: 'proxy-hosts',
      section: 'proxy_hosts',
      auditType: 'proxy-host',
      table: tables.proxyHosts,
      folder: 'proxy_host',
      render: renderProxyHost,
      expansions: ['owner', 'certificate', 'access_list', 'access_list.[clients,items]'],
      defaults: {
        access_list_id: 0,
        ...tls,
        ...hsts,
        caching_enabled: false,
        block_exploits: false,
        advanced_config: '',
        meta: {},
        allow_websocket_upgrade: false,
        enabled: true,
        locations: null,
        ...(quirks.trustForwardedProto ? { trust_forwarded_proto: false } : {}),
      },
    },
    redirection: {
      path: 'redirection-hosts',
      section: 'redirection_hosts',
      auditType: 'redirection-host',
      table: tables.redirectionHosts,
      folder: 'redirection_host',
      render: renderRedirectionHost,
      expansions: ['owner', 'certificate'],
      defaults: {
        preserve_path: false,
        ...tls,
        ...hsts,
        block_exploits: false,
        advanced_config: '',
        meta: {},
        enabled: true,
      },
    },
    dead: {
      path: 'dead-hosts',
      section: 'dead_hosts',
      auditType: 'dead-host',
      table: tables.deadHosts,
      folder: 'dead_host',
      render: renderDeadHost,
      expansions: ['owner', 'certificate'],
      defaults: { ...tls, ...hsts, advanced_config: '', meta: {}, enabled: true },
    },
    stream: {
      path: 'streams',
      section: 'streams',
      auditType: 'stream',
      table: tables.streams,
      folder: 'stream',
      render: renderStream,
      expansions: ['owner', 'certificate'],
      defaults: {
        tcp_forwarding: false,
        udp_forwarding: false,
        meta: {},
        enabled: true,
        ...(quirks.streamCertificate ? { certificate_id: 0 } : {}),
      },
    },
  };
}

/** A row as the API tells it, with what was asked to be expanded. */
export function tell(world: World, kind: HostKind, options: { host: Row; expand: readonly string[] }) {
  const { host, expand } = options;
  const { is_deleted: _, ...told } = host;
  const shape = kind.section === 'proxy_hosts' || kind.section === 'streams' ? 'plain' : 'with-is-deleted';
  const certificate = world.tables.certificates.get(Number(host.certificate_id));
  const list = world.tables.accessLists.get(Number(host.access_list_id));
  return {
    ...told,
    ...(expand.includes('owner') ? { owner: ownerOf(world, host, shape) } : {}),
    ...(expand.includes('certificate') ? { certificate: certificateInside(certificate) } : {}),
    ...(expand.includes('access_list') ? { access_list: accessListInside(world, list, 'bare') } : {}),
    ...(expand.includes('access_list.[clients,items]')
      ? { access_list: accessListInside(world, list, 'whole') }
      : {}),
  };
}

/** What a create and an update answer with. */
export function answerExpansions(kind: HostKind): readonly string[] {
  return kind.expansions.filter((name) => name !== 'access_list');
}

/** What the host's ids lead to. References that lead nowhere have no effect, as in the real one. */
export function referencesOf(world: World, host: Row): References {
  const list = world.tables.accessLists.get(Number(host.access_list_id));
  const belongs = (row: Row) => row.access_list_id === list?.id;
  return {
    certificate: world.tables.certificates.get(Number(host.certificate_id)) ?? null,
    accessList:
      list === undefined
        ? null
        : {
            id: list.id,
            satisfyAny: list.satisfy_any === true,
            passAuth: list.pass_auth === true,
            users: world.tables.accessItems.all().filter(belongs).length,
            clients: world.tables.accessClients
              .all()
              .filter(belongs)
              .map((row) => ({ directive: String(row.directive), address: String(row.address) })),
          },
  };
}
