// Our own lines in a host's `advanced_config`: who it is, who shares the requests, and what a secret header may ask. Pure.
import { isIP } from 'node:net';
import { canonicalJson, shortHash } from '../../core/canonical.ts';
import type { ResolvedTraffic, RouteKey, Upstream } from '../../model/route.ts';
import type { UnitId } from '../../model/unit.ts';
import { evenShares, spreadShare } from './ranges.ts';

/**
 * The header of our questions. nginx reads it, and never sends it on: it is one of those that belong to one connection
 * (ngx_http_proxy_module empties it in what it sends upstream). A header of our own would arrive at the application, and
 * whoever runs that could use it to reach what the proxy reaches.
 */
export const QUESTION_HEADER = 'keep-alive';

export const BEGIN = '# tinyforge begin: these lines are kept by Tinyforge, and an edit here is undone';
export const END = '# tinyforge end';
const FACTS = '# tinyforge ';

export interface LineFacts {
  controller: string;
  unit: UnitId;
  key: RouteKey;
  /** Null for what forwards nowhere. */
  traffic: ResolvedTraffic | null;
}

export interface LineOptions {
  /** Hex, of this route alone. */
  secret: string;
  revision: string;
  /** By name on a shared network, or by port of one address. */
  reach: 'network' | 'published';
  /** One that the header may choose beside those that belong to the traffic. */
  preview?: Upstream | undefined;
}

/** Texts in it were judged before: names of hosts, numbers, our own hex. */
export function renderLines(facts: LineFacts, { secret, revision, reach, preview }: LineOptions): string {
  const { traffic } = facts;
  const inside =
    traffic === null
      ? [`if ($http_keep_alive ~ "^tinyforge ${secret} who") { return 200 "none ${revision}"; }`]
      : [
          ...mainLines(traffic.main),
          ...(traffic.canary === null ? [] : canaryLines(traffic.canary)),
          ...[...previewPatterns(traffic, reach), ...(preview === undefined ? [] : [exactly(preview)])].map(
            ({ host, port }) =>
              `if ($http_keep_alive ~ "^tinyforge ${secret} (?:who|ask) (https?) (${host}) (${port})$") ` +
              '{ set $forward_scheme $1; set $server $2; set $port $3; }',
          ),
          `if ($http_keep_alive ~ "^tinyforge ${secret} who") ` +
            `{ return 200 "$forward_scheme $server $port ${revision}"; }`,
        ];
  return [BEGIN, `${FACTS}${canonicalJson(facts)}`, ...inside, END].join('\n');
}

/** What the secret header says. Without a preview, traffic goes as it goes for everybody. */
export function question(type: 'who' | 'ask', options: { secret: string; preview: Upstream | null }): string {
  const { secret, preview } = options;
  if (preview === null) return `tinyforge ${secret} ${type}`;
  return `tinyforge ${secret} ${type} ${preview.scheme} ${hostText(preview.host)} ${preview.port}`;
}

/** Splits what stands in `advanced_config` into ours and the user's. */
export function splitConfig(text: string): { ours: string | null; user: string } {
  const start = text.indexOf(BEGIN);
  const end = text.indexOf(END, start);
  if (start < 0 || end < 0) return { ours: null, user: text.trim() };
  const after = text.slice(end + END.length);
  return { ours: text.slice(start, end + END.length), user: `${text.slice(0, start)}${after}`.trim() };
}

/** Ours come first: nothing that the user's lines return can hide who answers. */
export function joinConfig(ours: string, user: string): string {
  return user === '' ? ours : `${ours}\n${user}`;
}

/** The facts that our lines were made from; null where there are none that can be read. */
export function readFacts(ours: string | null): LineFacts | null {
  const line = ours?.split('\n').find((one) => one.startsWith(`${FACTS}{`));
  if (line === undefined) return null;
  try {
    const facts = JSON.parse(line.slice(FACTS.length)) as Partial<LineFacts>;
    const { controller, unit, key, traffic } = facts;
    if (typeof controller !== 'string' || typeof unit !== 'string' || typeof key !== 'string') return null;
    return { controller, unit, key, traffic: isTraffic(traffic) ? traffic : null };
  } catch {
    return null;
  }
}

/** IPv6 addresses stand in brackets wherever a port follows. */
export function hostText(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host;
}

function mainLines(main: readonly Upstream[]): string[] {
  return evenShares(main.length).map(
    (share, index) => `if ($request_id ~ "^${share}") ${sendTo(main[index + 1])}`,
  );
}

/**
 * A cookie of nginx itself (ngx_http_userid_module) counts the clients: its counter chooses, at the first request as at
 * all later ones, so a client stays where it was sent, and who keeps no cookies is chosen anew for each request. It comes
 * by a filter of its own: an `add_header` here would not arrive, for the location of the proxy has others.
 * `userid_service` keeps the address of the machine out of it. Each canary has a cookie of its own, so that it is not
 * always the same clients who try what is new.
 */
function canaryLines({ upstreams, share }: { upstreams: readonly Upstream[]; share: number }): string[] {
  if (share <= 0 || upstreams.length === 0) return [];
  const name = `tinyforge_${shortHash(upstreams.map(({ host, port }) => `${host}:${port}`)).slice(0, 8)}`;
  return [
    'userid on;',
    `userid_name ${name};`,
    'userid_path /;',
    'userid_expires 7d;',
    'userid_service 1;',
    'set $tinyforge_pick "";',
    'set $tinyforge_client "$uid_got$uid_set";',
    `if ($tinyforge_client ~ "=[0-9A-F]{26}${spreadShare(share)}[0-9A-F]{4}$") ` +
      `{ set $tinyforge_pick "canary$request_id"; }`,
    `if ($tinyforge_pick ~ "^canary") ${sendTo(upstreams[0])}`,
    ...evenShares(upstreams.length).map(
      (part, index) => `if ($tinyforge_pick ~ "^canary${part}") ${sendTo(upstreams[index + 1])}`,
    ),
  ];
}

function sendTo(upstream: Upstream | undefined): string {
  if (upstream === undefined) return '{ }';
  const { scheme, host, port } = upstream;
  return `{ set $forward_scheme ${scheme}; set $server "${hostText(host)}"; set $port ${port}; }`;
}

/** Of a container that Tinyforge or Compose named, or of a generation: `shop-prod-4be1c0-1`, `immich-server-2`, `shop-4be1c0`. */
const GENERATION = /^(.+?)(?:-[0-9a-f]{6})?(?:-[0-9]{1,3})?$/;

/**
 * What the secret header may choose: generations and replicas of the names that the traffic goes to, or other ports of
 * the same address. So a switch needs one write, and not one more to prove what comes; each write is a reload for
 * everybody. Who had the secret could reach no other unit by name, and no port below 1024 by address.
 */
function previewPatterns(
  { main, canary }: ResolvedTraffic,
  reach: LineOptions['reach'],
): { host: string; port: string }[] {
  const hosts = new Set([...main, ...(canary?.upstreams ?? [])].map(({ host }) => host));
  const patterns = [...hosts].map((host) =>
    reach === 'published' || isIP(host) !== 0
      ? { host: literally(hostText(host)), port: '[1-9][0-9]{3,4}' }
      : {
          host: `${literally(GENERATION.exec(host)?.[1] ?? host)}(?:-[0-9a-f]{6})?(?:-[0-9]{1,3})?`,
          port: '[1-9][0-9]{0,4}',
        },
  );
  return [...new Map(patterns.map((one) => [one.host, one])).values()];
}

function exactly({ host, port }: Upstream): { host: string; port: string } {
  return { host: literally(hostText(host)), port: String(port) };
}

function literally(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9_:-]/g, (letter) => `[${letter}]`);
}

function isTraffic(value: unknown): value is ResolvedTraffic {
  const { main, canary } = (value ?? {}) as { main?: unknown; canary?: unknown };
  const isCanary =
    typeof canary === 'object' && Array.isArray((canary as { upstreams?: unknown } | null)?.upstreams);
  return Array.isArray(main) && main.every(isUpstream) && (canary === null || isCanary);
}

function isUpstream(value: unknown): value is Upstream {
  const { scheme, host, port } = (value ?? {}) as Partial<Upstream>;
  return (scheme === 'http' || scheme === 'https') && typeof host === 'string' && typeof port === 'number';
}
