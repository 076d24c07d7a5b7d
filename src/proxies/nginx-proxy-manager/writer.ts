// Puts and removes routes: finds the host, looks up what the wish names, writes, and waits until it is served.
import { type ControllerNames, isOwnName } from '../../core/controller-names.ts';
import type { ProxyConfig } from '../../model/config.ts';
import { isFault } from '../../model/errors.ts';
import type { RouteWish, Upstream } from '../../model/route.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { RoutePut } from '../../ports/proxy-provider.ts';
import { oneAtATime } from '../one-at-a-time.ts';
import { accessListId } from './access-lists.ts';
import type { Api } from './api.ts';
import type { Asking } from './asking.ts';
import type { Certificates, Chosen } from './certificates.ts';
import { proxyAway, routeConflict, routeNotServed, routeRefused } from './failures.ts';
import { type Instance, refuseByVersion } from './features.ts';
import type { Row } from './fields.ts';
import type { Hosts } from './hosts.ts';
import type { Leftovers } from './leftovers.ts';
import { ownerOf, readMark } from './mark.ts';
import { idOfRow, parseId } from './observe.ts';
import { refuseTraffic, refuseWish } from './refuse.ts';
import { nextTurn, turnOf } from './revision.ts';
import { untilServed } from './served.ts';
import { findTarget, isMine } from './target.ts';
import { accessNameOf, KIND_OF, type Resolved, type Wanted, wantedOf } from './wanted.ts';
import { withPreview } from './with-preview.ts';
import { isSo, writeHost } from './write.ts';

export interface Writer {
  put(put: RoutePut, signal: AbortSignal): Promise<void>;
  remove(id: string, signal: AbortSignal): Promise<void>;
  /** Lets our header choose this upstream at the route as it is; false where there is no route of ours. */
  open(wish: RouteWish, options: { preview: Upstream; signal: AbortSignal }): Promise<boolean>;
}

export interface WriterDeps {
  config: Pick<ProxyConfig, 'reach'>;
  url: string;
  names: ControllerNames;
  api: Api;
  hosts: Hosts;
  certificates: Certificates;
  leftovers: Pick<Leftovers, 'suspect' | 'released' | 'sweep'>;
  asking: Asking;
  clock: Clock;
  log: Log;
  secretOf(key: string): string;
  readInstance(signal: AbortSignal): Promise<Instance>;
  /** It looks as it should, and is written all the same. */
  isDoubtful(id: string): boolean;
}

/** A reload takes a second with many hosts; this is for when it does not happen. */
const SERVED_WITHIN_MS = 10_000;
/** Where nothing was written, a short look says whether it is served. */
const GLANCE_MS = 500;
const UNSEEN_RELOAD_MS = 500;
const STREAM_LOOKS = 10;
const STREAM_PAUSE_MS = 200;

export function createWriter(deps: WriterDeps): Writer {
  const { api, hosts, certificates, leftovers, asking, clock, url, names } = deps;
  const { controller } = names;
  const madeWay = (row: Row): void => leftovers.released(row, null);

  async function put(given: RoutePut, signal: AbortSignal): Promise<void> {
    const { wish, traffic } = given;
    if (wish.target.type === 'stream' && wish.tls !== null) {
      const why = refuseByVersion(wish, await deps.readInstance(signal));
      if (why !== null) throw routeRefused(wish.key, { why, hint: 'Update it, or take `tls` out.' });
    }
    // An upload is a write, and waits until it is clear that the names are free.
    const early = wish.tls?.certificate.type === 'upload' ? null : certificates.choose(wish, signal);
    early?.catch(() => undefined);
    const more = { certificates: wish.tls?.certificate.type === 'letsencrypt' };
    const target = findTarget(given, await hosts.list(KIND_OF[wish.target.type], signal, more), names);
    const accessName = accessNameOf(wish);
    const what = wish.domains[0] ?? wish.key;
    const accessId =
      accessName === null ? 0 : await accessListId({ api, url }, { name: accessName, what, signal });
    const has = target.row?.isCertificateGone ? 0 : Number(target.row?.fields.certificate_id ?? 0);
    const found = await (early ?? certificates.choose(wish, signal));
    const chosen = found?.isBlind === true ? { id: has, fingerprint: null } : found;
    const wantedWith =
      ({ id, fingerprint }: Chosen) =>
      (turn: number): Wanted => {
        const resolved: Resolved = { certificateId: id, fingerprint, accessId };
        const { reach } = deps.config;
        const secret = deps.secretOf(wish.key);
        return wantedOf({ ...given, traffic }, { controller, resolved, secret, reach, turn });
      };
    // Let's Encrypt asks at the host itself: it serves first, with the certificate that it has or none.
    const first = chosen ?? { id: has, fingerprint: null };
    let row = await settle({ given, wantedAt: wantedWith(first), before: target.row }, signal);
    if (chosen === null) {
      const issued = await certificates.issue(wish, signal);
      row = await settle({ given, wantedAt: wantedWith(issued), before: row }, signal);
    }
    if (target.row !== null) leftovers.released(target.row, row);
    for (const double of target.doubles) {
      await removeRow(double, signal);
      leftovers.released(double, row);
    }
  }

  async function settle(
    { given, wantedAt, before }: { given: RoutePut; wantedAt: (turn: number) => Wanted; before: Row | null },
    signal: AbortSignal,
  ): Promise<Row> {
    const turn = turnOf(before);
    const asIs = wantedAt(turn ?? 0);
    if (before !== null && isSo(before, asIs) && !deps.isDoubtful(idOfRow(before))) {
      const isServed = await served({ given, wanted: asIs, row: before, timeoutMs: GLANCE_MS }, signal).catch(
        (error) => {
          if (isFault(error)) return false;
          throw error;
        },
      );
      if (isServed) return before;
    }
    const wanted = wantedAt(nextTurn(turn, clock.random()));
    const row = await writeHost(
      { ...deps, untilBack, madeWay },
      { wish: given.wish, wanted, before, signal },
    );
    await served({ given, wanted, row, timeoutMs: SERVED_WITHIN_MS }, signal);
    return row;
  }

  async function served(
    { given, wanted, row, timeoutMs }: { given: RoutePut; wanted: Wanted; row: Row; timeoutMs: number },
    signal: AbortSignal,
  ): Promise<true> {
    if (row.kind === 'stream') await streamServed(row, signal);
    else {
      // With TLS that is not there yet, the first look goes by plain HTTP.
      const { wish } = given;
      const hasTls = Number(wanted.fields.certificate_id ?? 0) > 0;
      const { revision } = wanted.mark;
      await untilServed(
        hasTls ? wish : { ...wish, tls: null },
        { revision, timeoutMs, signal },
        { asking, clock },
      );
    }
    return true;
  }

  async function untilBack(
    row: Row,
    { wish, signal }: { wish: RouteWish; signal: AbortSignal },
  ): Promise<void> {
    const mark = readMark(row.meta);
    // A stranger's host cannot be asked; its reload takes a tenth of a second.
    if (mark === null || mark.lines === null) return await clock.sleep(UNSEEN_RELOAD_MS, signal);
    const before = { ...wish, key: mark.key, domains: row.domains, tls: null };
    const expected = { revision: mark.revision, timeoutMs: SERVED_WITHIN_MS, signal };
    await untilServed(before, expected, { asking, clock }).catch((error: unknown) => {
      if (!isFault(error)) throw error;
      deps.log.warn('A host that was put back is not served', { id: idOfRow(row), why: error.message });
    });
  }

  /** Nobody can be asked on a port that speaks no HTTP: what nginx said of it is all there is. */
  async function streamServed(row: Row, signal: AbortSignal): Promise<void> {
    for (let looks = 0; looks < STREAM_LOOKS; looks += 1) {
      const now = await hosts.get(row, signal);
      if (now?.online === true) return;
      if (now === null || now.online === false) break;
      await clock.sleep(STREAM_PAUSE_MS, signal);
    }
    throw routeNotServed(`the stream ${row.id}`, 'nginx was not seen to take it');
  }

  async function removeRow(row: Row, signal: AbortSignal): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      const result = await hosts.remove(row, signal);
      if (result.type === 'refused' && result.status === 404) return;
      // Whatever it said: what is there now is what counts.
      if ((await hosts.get(row, signal)) === null) return;
      const why = result.type === 'value' ? `it says that ${idOfRow(row)} is gone, and has it` : result.why;
      if (tries === 2) throw proxyAway(url, { why });
    }
  }

  async function open(
    wish: RouteWish,
    { preview, signal }: { preview: Upstream; signal: AbortSignal },
  ): Promise<boolean> {
    const rows = await hosts.list('proxy-host', signal);
    const row = rows.find((one) => isMine(one, { wish, ...names }));
    if (row === undefined || refuseTraffic({ main: [preview], canary: null }) !== null) return false;
    const wanted = withPreview(row, {
      wish,
      controller,
      preview,
      turn: nextTurn(turnOf(row), clock.random()),
      secret: deps.secretOf(wish.key),
      reach: deps.config.reach,
    });
    await writeHost({ ...deps, untilBack, madeWay }, { wish, wanted, before: row, signal });
    const asked = { ...wish, domains: row.domains };
    const expected = { revision: wanted.mark.revision, timeoutMs: SERVED_WITHIN_MS, signal };
    await untilServed(asked, expected, { asking, clock });
    return true;
  }

  async function remove(id: string, signal: AbortSignal): Promise<void> {
    const parsed = parseId(id);
    const row = parsed === null ? null : await hosts.get(parsed, signal);
    // Whoever removed it did not come to its certificate, or a hand did it.
    if (row === null) leftovers.suspect();
    else {
      if (!isOwnName(ownerOf(row)?.controller, names))
        throw routeConflict(row.domains.join(', ') || id, idOfRow(row));
      await removeRow(row, signal);
      leftovers.released(row, null);
    }
    await leftovers.sweep(signal);
  }

  async function putAndTidy(given: RoutePut, signal: AbortSignal): Promise<void> {
    try {
      await put(given, signal);
    } catch (error) {
      if (given.wish.tls?.certificate.type === 'upload') {
        leftovers.suspect();
        // It is not tried again before something changes, so nothing waits for what was uploaded.
        if (isFault(error) && error.disposition === 'stalled')
          await leftovers.sweep(signal).catch(() => undefined);
      }
      throw error;
    }
    await leftovers.sweep(signal);
  }

  return {
    async put(given, signal) {
      const why = refuseWish(given.wish) ?? (given.traffic === null ? null : refuseTraffic(given.traffic));
      const needsTraffic = given.wish.target.type === 'forward';
      const missing =
        needsTraffic !== (given.traffic !== null) ? 'it is not said who gets its traffic' : null;
      const what = given.wish.domains[0] ?? given.wish.key;
      if (why !== null || missing !== null) throw routeRefused(what, { why: why ?? missing ?? '' });
      await oneAtATime(url, { signal, run: () => putAndTidy(given, signal) });
    },
    open: (wish, options) => oneAtATime(url, { signal: options.signal, run: () => open(wish, options) }),
    remove: (id, signal) => oneAtATime(url, { signal, run: () => remove(id, signal) }),
  };
}
