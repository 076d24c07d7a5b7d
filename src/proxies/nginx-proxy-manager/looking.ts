// One look at a whole Nginx Proxy Manager: one list where that is enough, and what is remembered of the newest look.
import { type ControllerNames, isOwnName } from '../../core/controller-names.ts';
import { isFault } from '../../model/errors.ts';
import type { ProxyView, RouteKey, RouteWish } from '../../model/route.ts';
import type { Clock } from '../../ports/clock.ts';
import { type Certificate, covering } from './certificate.ts';
import type { Certificates } from './certificates.ts';
import type { Instance } from './features.ts';
import { HOST_KINDS, type HostKind, type Row } from './fields.ts';
import { createGuarded } from './guarded.ts';
import type { Hosts } from './hosts.ts';
import { ownerOf } from './mark.ts';
import { observe } from './observe.ts';

/** Redirects, 404s, streams and certificates are looked at this often where nothing of ours is among them. */
const SELDOM_MS = 600_000;

export interface Looking {
  list(signal: AbortSignal): Promise<ProxyView>;
  /** A wish for anything but a plain forward makes the other lists part of each look. */
  note(wish: RouteWish): void;
  written(wish: RouteWish): void;
  /** A write is on its way; afterwards nobody may know whether it happened. */
  mayBeWritten(key: RouteKey): void;
  /** Its file was made anew, access list and all. */
  madeAnew(key: RouteKey): void;
  removed(id: string): void;
  idOf(key: RouteKey): string | null;
  /** Names that are routed now; empty where that is not known. */
  namesOf(key: RouteKey): readonly string[];
  /** Which Nginx Proxy Manager it was at the newest look; null where it did not say. */
  instance(): Instance | null;
  /** Null while the certificates were not looked at. */
  isCovered(wish: RouteWish): boolean | null;
  /** No certificate could be looked for at the newest look, and the route has none. */
  isPlainUnseen(key: RouteKey): boolean;
  /** Somebody else saved a host with an access list: it may let everybody in, though nothing shows it. */
  isDoubtful(id: string): boolean;
  /** `expired`; null where nothing is known to be wrong. */
  certificateTrouble(id: number): string | null;
}

interface Seen {
  hosts: readonly Row[];
  others: readonly Row[];
  view: ProxyView;
}

export interface LookingDeps {
  /** Routes may want whatever certificate there is, so they are looked at from the start. */
  wantsCertificates: boolean;
  hosts: Hosts;
  certificates: Pick<Certificates, 'list'>;
  readInstance(signal: AbortSignal): Promise<Instance>;
  clock: Pick<Clock, 'nowMs'>;
  names: ControllerNames;
}

export function createLooking(deps: LookingDeps): Looking {
  const { hosts, certificates, clock } = deps;
  const guarded = createGuarded();
  let ids = new Map<RouteKey, string>();
  let names = new Map<RouteKey, readonly string[]>();
  let others: { lists: readonly (readonly Row[])[]; rows: readonly Row[]; readMs: number } | null = null;
  let needsOthers = false;
  let seen: Seen | null = null;
  /** Kinds with hosts of ours that have a certificate: their lists are asked for it, for somebody may delete it. */
  let certified: ReadonlySet<HostKind> = new Set();
  let needsCertificates = deps.wantsCertificates;
  /** Null in place of certificates that this account may not see. */
  let known: { certificates: readonly Certificate[] | null; readMs: number } | null = null;

  /** Seldom too: who runs another version now has it within minutes. */
  let version: { instance: Instance; readMs: number } | null = null;

  const isOld = ({ readMs }: { readMs: number }): boolean => clock.nowMs() - readMs >= SELDOM_MS;
  const isOurs = (row: Row): boolean => isOwnName(ownerOf(row)?.controller, deps.names);

  const listOf = (kind: HostKind, signal: AbortSignal): Promise<readonly Row[]> =>
    hosts.list(kind, signal, { certificates: certified.has(kind) });

  async function listOthers(signal: AbortSignal): Promise<readonly Row[]> {
    if (others !== null && !needsOthers && !isOld(others)) return others.rows;
    const kinds = HOST_KINDS.filter((kind) => kind !== 'proxy-host');
    const lists = await Promise.all(kinds.map((kind) => listOf(kind, signal).catch(hidden)));
    const isSame = others !== null && lists.every((list, index) => list === others?.lists[index]);
    others = { lists, rows: isSame ? (others?.rows ?? []) : lists.flat(), readMs: clock.nowMs() };
    needsOthers ||= others.rows.some(isOurs);
    return others.rows;
  }

  /** An account may be without the sections that nothing of ours is in. */
  function hidden(error: unknown): Row[] {
    if (isForbidden(error) && !needsOthers) return [];
    throw error;
  }

  /** Rows that did not change are routes that did not change. */
  function see(hosts: readonly Row[], others: readonly Row[]): Seen {
    if (seen !== null && seen.hosts === hosts && seen.others === others) return seen;
    const rows = [...hosts, ...others];
    guarded.see(rows.filter(isOurs));
    const routes = rows.map((row) => observe(row, deps.names));
    const own = routes.flatMap((route) => (route.owner === null ? [] : [{ key: route.owner.key, route }]));
    ids = new Map(own.map(({ key, route }) => [key, route.id]));
    names = new Map(own.map(({ key, route }) => [key, route.domains]));
    const withCertificate = rows.filter((row) => Number(row.fields.certificate_id ?? 0) > 0 && isOurs(row));
    certified = new Set(withCertificate.map(({ kind }) => kind));
    seen = { hosts, others, view: { routes } };
    return seen;
  }

  async function lookAtHosts(signal: AbortSignal): Promise<Seen> {
    const [own, others] = await Promise.all([listOf('proxy-host', signal), listOthers(signal)]);
    return see(own, others);
  }

  async function lookAtCertificates(signal: AbortSignal): Promise<void> {
    if (known !== null && !isOld(known)) return;
    const list = await certificates.list(signal).catch((error: unknown) => {
      if (isForbidden(error)) return null;
      throw error;
    });
    known = { certificates: list, readMs: clock.nowMs() };
  }

  /** Only of one that answers: anybody is told its version, so this says nothing of what else it does. */
  async function lookAtVersion(signal: AbortSignal): Promise<void> {
    if (version !== null && !isOld(version)) return;
    const instance = await deps.readInstance(signal).catch(() => null);
    if (instance !== null) version = { instance, readMs: clock.nowMs() };
  }

  return {
    async list(signal) {
      const asked = certified;
      const [seenFirst] = await Promise.all([
        lookAtHosts(signal),
        // Whether the hosts use any is known only when they are read.
        needsCertificates ? lookAtCertificates(signal) : null,
      ]);
      if (certified.size > 0) await lookAtCertificates(signal);
      await lookAtVersion(signal);
      const isToldOfAll = [...certified].every((kind) => asked.has(kind));
      return (isToldOfAll ? seenFirst : await lookAtHosts(signal)).view;
    },
    note({ target, tls }) {
      needsOthers ||= target.type !== 'forward';
      // What is served by plain HTTP gets the certificate that comes later.
      needsCertificates ||= tls?.certificate.type === 'auto' && tls.certificate.orPlain === true;
    },
    written({ key, domains, tls }) {
      seen = null;
      names.set(key, domains);
      guarded.written(ids.get(key) ?? '');
      // Others are only chosen from what is there.
      const type = tls?.certificate.type;
      if (type === 'letsencrypt' || type === 'upload') known = null;
    },
    mayBeWritten: (key) => guarded.mayBeWritten(ids.get(key) ?? ''),
    madeAnew: (key) => guarded.written(ids.get(key) ?? ''),
    removed(id) {
      seen = null;
      for (const [key, one] of ids) if (one === id) names.delete(key);
    },
    isDoubtful: guarded.isDoubtful,
    idOf: (key) => ids.get(key) ?? null,
    namesOf: (key) => names.get(key) ?? [],
    instance: () => version?.instance ?? null,
    isPlainUnseen: (key) =>
      known !== null &&
      known.certificates === null &&
      seen?.view.routes.some(({ owner, tls }) => owner?.key === key && tls) !== true,
    isCovered: (wish) =>
      known?.certificates == null ? null : covering(known.certificates, wish, clock.nowMs()) !== undefined,
    certificateTrouble(id) {
      // One that is not known may be younger than what is.
      const found = known?.certificates?.find((one) => one.id === id);
      return found !== undefined && found.expiresMs <= clock.nowMs() ? 'expired' : null;
    },
  };
}

function isForbidden(error: unknown): boolean {
  return isFault(error) && error.reason === 'ProxyForbidden';
}
