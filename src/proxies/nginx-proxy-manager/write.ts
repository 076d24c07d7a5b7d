// Writes one host and finds out what came of it: stored as meant, taken by nginx, or put back to what it was.

import { canonicalJson } from '../../core/canonical.ts';
import type { ControllerNames } from '../../core/controller-names.ts';
import type { RouteWish } from '../../model/route.ts';
import type { Log } from '../../ports/log.ts';
import type { Result } from './api.ts';
import { proxyAway, proxyBusy, routeRefused } from './failures.ts';
import { HOST_KINDS, type Row } from './fields.ts';
import { differing, type Hosts, holds } from './hosts.ts';
import { markedMeta, readMark, unmarkedMeta } from './mark.ts';
import { idOfRow } from './observe.ts';
import { conflictWith, isMine, sharesName } from './target.ts';
import { needsTrial, tryOut } from './trial.ts';
import type { Wanted } from './wanted.ts';

/** A 5xx or a lost answer is looked into and written once more. */
const TRIES = 2;

export interface WriteDeps {
  hosts: Hosts;
  url: string;
  names: ControllerNames;
  log: Log;
  /** One of ours that stood in the way was removed. */
  madeWay(row: Row): void;
  /** Until what was put back is served again, or it is clear that it will not be. */
  untilBack(row: Row, options: { wish: RouteWish; signal: AbortSignal }): Promise<void>;
}

export interface WriteOptions {
  wish: RouteWish;
  wanted: Wanted;
  /** What it is written over; null for a new one. */
  before: Row | null;
  signal: AbortSignal;
}

/** True where nothing needs to be written: each write is a reload for everybody. */
export function isSo(row: Row, wanted: Wanted): boolean {
  const isMarked = canonicalJson(readMark(row.meta)) === canonicalJson(wanted.mark);
  return row.enabled && row.online !== false && isMarked && holds(row, wanted.fields);
}

/**
 * Resolves with the host as it is there, taken by nginx. Where nginx does not take it, what was before is put back.
 * Faults: RouteRefused, RouteConflict (stalled), ProxyBusy, ProxyAway (retry).
 */
export async function writeHost(deps: WriteDeps, options: WriteOptions): Promise<Row> {
  const { wish, wanted, before } = options;
  const what = wish.domains[0] ?? wish.key;
  const refused = needsTrial(before, wanted) ? await tryOut(deps, options) : null;
  if (refused !== null)
    throw routeRefused(what, {
      why: nginxWords(refused, wanted),
      hint: 'Change what nginx names in the manifest. What is routed stays as it was.',
    });
  let row = await writeUntilCertain(deps, options);
  if (row.online === false && blamesAnother(row)) {
    // Somebody else's bad change was in flight beside ours: alone, ours is taken.
    row = await writeUntilCertain(deps, { ...options, before: row });
    if (row.online === false && blamesAnother(row)) throw proxyBusy(nginxWords(row, wanted));
  }
  if (row.online !== false) return row;
  const why = nginxWords(row, wanted);
  await putBack(deps, { ...options, row });
  throw routeRefused(what, {
    why,
    hint:
      before === null
        ? 'Change what nginx names in the manifest. Nothing is left of it there.'
        : 'Change what nginx names in the manifest. What was routed before is put back.',
  });
}

async function writeUntilCertain(deps: WriteDeps, options: WriteOptions): Promise<Row> {
  const { hosts, url } = deps;
  const { wish, wanted, signal } = options;
  const { kind, fields, mark } = wanted;
  let { before } = options;
  let hasRoom = false;
  for (let tries = 1; ; tries += 1) {
    const meta = markedMeta(unmarkedMeta(before?.meta ?? {}), mark);
    const write = { fields, meta, signal };
    if (before !== null && !before.enabled && kind !== 'proxy-host') await hosts.enable(before, signal);
    const result = before === null ? await hosts.create(kind, write) : await hosts.update(before, write);
    if (result.type === 'refused') {
      if (before === null && !hasRoom && (await madeRoom(deps, options, result))) {
        hasRoom = true;
        continue;
      }
      throw await refusal(deps, options, result);
    }
    // What was answered to POST is from before nginx was asked, and a 500 may have been written: both are read again.
    const id = before?.id ?? idOf(result);
    const row =
      id === null
        ? ((await hosts.list(kind, signal)).find((one) => isMine(one, { wish, ...deps.names })) ?? null)
        : await hosts.get({ kind, id }, signal);
    if (result.type === 'value') {
      if (row === null) throw proxyBusy('what was just written is gone');
      const wrong = differing(row, fields);
      if (wrong.length === 0) return row;
      throw routeRefused(wish.domains[0] ?? wish.key, {
        why: `it stores ${wrong.join(', ')} otherwise than sent`,
      });
    }
    if (tries >= TRIES) throw proxyAway(url, { why: result.why });
    before = row ?? before;
  }
}

/** A route of ours that changes its kind stands in its own way. */
async function madeRoom(
  { hosts, names, madeWay }: WriteDeps,
  { wish, signal }: WriteOptions,
  { why }: Result & { type: 'refused' },
): Promise<boolean> {
  if (!/already in use/i.test(why)) return false;
  const rows = await everything(hosts, signal);
  const own = rows.find((row) => sharesName(row, wish) && isMine(row, { wish, ...names }));
  if (own === undefined) return false;
  const result = await hosts.remove(own, signal);
  const isGone = result.type === 'value' || (await hosts.get(own, signal)) === null;
  if (isGone) madeWay(own);
  return isGone;
}

async function refusal(
  { hosts, names }: WriteDeps,
  { wish, wanted, signal }: WriteOptions,
  { status, why }: Result & { type: 'refused' },
): Promise<Error> {
  if (status === 404) return proxyBusy('the host went away while it was written');
  if (!/already in use/i.test(why)) {
    const isSchemeless = wanted.kind === 'redirection-host' && wanted.fields.forward_scheme === 'auto';
    const hint = isSchemeless && /forward_scheme/.test(why) ? NEEDS_SCHEME : undefined;
    return routeRefused(wish.domains[0] ?? wish.key, { why, hint });
  }
  const rows = await everything(hosts, signal);
  const holder = rows.find((row) => sharesName(row, wish)) ?? null;
  if (holder !== null && isMine(holder, { wish, ...names }))
    return proxyBusy(`${idOfRow(holder)}, which stood in its own way, could not be removed`);
  return conflictWith(wish, holder);
}

/** Up to 2.12. Which of them is meant is for people to say: https where nobody answers would be no redirect at all. */
const NEEDS_SCHEME =
  'Write `https://` before the name in `redirect.to`, or `http://`: this version takes no redirect without.';

/** Sections that the account may not see are left out. */
async function everything(hosts: Hosts, signal: AbortSignal): Promise<Row[]> {
  const lists = await Promise.all(HOST_KINDS.map((kind) => hosts.list(kind, signal).catch(() => [])));
  signal.throwIfAborted();
  return lists.flat();
}

async function putBack(
  { hosts, log, untilBack }: WriteDeps,
  { wish, before, row, signal }: WriteOptions & { row: Row },
): Promise<void> {
  if (before === null) {
    const gone = await hosts.remove(row, signal);
    if (gone.type !== 'value')
      log.warn('A host that nginx refuses could not be removed', { id: idOfRow(row) });
    return;
  }
  const back = await hosts.update(before, { fields: before.fields, meta: before.meta, signal });
  const now = back.type === 'value' ? await hosts.get(before, signal) : null;
  if (now === null || (now.online === false && before.online !== false))
    log.warn('A host could not be put back to what it was', { id: idOfRow(before) });
  else await untilBack(before, { wish, signal });
}

function idOf(result: Result): number | null {
  const id = result.type === 'value' ? (result.value as { id?: unknown } | null)?.id : null;
  return typeof id === 'number' ? id : null;
}

/** nginx names the file: `… in /data/nginx/proxy_host/2.conf:37`. */
function blamesAnother({ id, error }: Row): boolean {
  const file = / in \S*\/(\d+)\.conf(?::\d+)?/.exec(error ?? '')?.[1];
  return file !== undefined && Number(file) !== id;
}

/** nginx's own sentence, without paths; it may quote our lines, and those hold the route's secret. */
function nginxWords({ error }: Row, { fields }: Wanted): string {
  const sentence = /\[emerg\] \d+#\d+: (.*)/.exec(error ?? '')?.[1] ?? error ?? '';
  const secrets = String(fields.advanced_config ?? '').match(/[0-9a-f]{32,}/g) ?? [];
  return secrets.reduce((text, secret) => text.replaceAll(secret, '…'), sentence).replace(/ in \/\S+$/, '');
}
