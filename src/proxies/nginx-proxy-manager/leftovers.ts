// Certificates that we uploaded and that no host has any more: each holds a private key, so none of them stays.
import type { ControllerNames } from '../../core/controller-names.ts';
import { isFault } from '../../model/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Api } from './api.ts';
import { answerOf } from './api.ts';
import type { Certificate } from './certificate.ts';
import type { Certificates } from './certificates.ts';
import { proxyAway } from './failures.ts';
import { type Instance, tellsUsers } from './features.ts';
import { HOST_KINDS, type Row } from './fields.ts';
import type { Hosts } from './hosts.ts';
import { ownerOf, readMark } from './mark.ts';
import { isOwnCertificate, olderNameOf } from './own-name.ts';

const PATH = '/nginx/certificates';
/** What a certificate can be told with: who has it, also hosts that our account may not see. */
const USERS = ['proxy_hosts', 'redirection_hosts', 'dead_hosts', 'streams'] as const;
/** While some of ours are there, a hand may take one off its host: looked at this often. */
const SELDOM_MS = 600_000;

export interface Leftovers {
  /** One may be left from now on. */
  suspect(): void;
  /** A host of ours as it was, and as it is now; null where it is gone. */
  released(before: Row, now: Row | null): void;
  /** Whether it is time for a look without a reason. */
  isDue(): boolean;
  /**
   * Removes what nobody has, where any is suspected; for whoever writes alone just now, so no upload waits for its host.
   * What does not work is logged and done at the next call. Rejects with the signal's reason alone.
   */
  sweep(signal: AbortSignal): Promise<void>;
}

export interface LeftoversDeps {
  api: Pick<Api, 'call'>;
  url: string;
  names: ControllerNames;
  hosts: Pick<Hosts, 'list'>;
  certificates: Pick<Certificates, 'list'>;
  clock: Pick<Clock, 'nowMs'>;
  log: Log;
  readInstance(signal: AbortSignal): Promise<Instance>;
}

export function createLeftovers(deps: LeftoversDeps): Leftovers {
  const { api, url, names, clock, log } = deps;
  let isSuspected = false;
  /** Whoever ran before us may have been killed between a host and its certificate. */
  let isNew = true;
  let lastSeenMs: number | null = null;
  const released = new Map<number, string>();

  const isOurs = ({ id, name, provider }: Certificate): boolean =>
    provider === 'other' && (isOwnCertificate(name, names) || released.get(id) === name);

  /** An account that may not see them has uploaded none. */
  async function list(signal: AbortSignal): Promise<readonly Certificate[]> {
    return await deps.certificates.list(signal).catch((error: unknown) => {
      if (isFault(error) && error.reason === 'ProxyForbidden') return [];
      throw error;
    });
  }

  async function usedIds(signal: AbortSignal): Promise<ReadonlySet<number>> {
    if (!tellsUsers(await deps.readInstance(signal))) {
      // A section that our account may not see stops it here: somebody's host may be in there.
      const lists = await Promise.all(HOST_KINDS.map((kind) => deps.hosts.list(kind, signal)));
      return new Set(lists.flat().map(certificateOf));
    }
    const path = `${PATH}?expand=${USERS.join(',')}`;
    const told = answerOf(await api.call({ method: 'GET', path, signal }), { url });
    const all = Array.isArray(told) ? (told as Record<string, unknown>[]) : [];
    // Who is not told of counts as one that has it.
    const isFree = (one: Record<string, unknown>): boolean =>
      USERS.every((kind) => Array.isArray(one[kind]) && one[kind].length === 0);
    return new Set(all.filter((one) => !isFree(one)).map(({ id }) => Number(id)));
  }

  async function remove(id: number, signal: AbortSignal): Promise<void> {
    const path = `${PATH}/${id}`;
    for (let tries = 1; ; tries += 1) {
      const result = await api.call({ method: 'DELETE', path, signal });
      // Whatever it said: what is there now is what counts.
      const now = await api.call({ method: 'GET', path, signal });
      if (now.type === 'refused' && now.status === 404) return;
      const why = result.type === 'value' ? `it says that certificate ${id} is gone, and has it` : result.why;
      if (tries === 2) throw proxyAway(url, { why });
    }
  }

  async function sweep(signal: AbortSignal): Promise<void> {
    const ours = (await list(signal)).filter(isOurs);
    const used = ours.length === 0 ? new Set<number>() : await usedIds(signal);
    for (const { id } of ours) {
      if (used.has(id)) continue;
      await remove(id, signal);
      log.info('Removed a certificate that we had uploaded and no host has', { id });
    }
    lastSeenMs = ours.some(({ id }) => used.has(id)) ? clock.nowMs() : null;
  }

  const isDue = (): boolean =>
    isNew || isSuspected || (lastSeenMs !== null && clock.nowMs() - lastSeenMs >= SELDOM_MS);

  return {
    suspect() {
      isSuspected = true;
    },
    released(before, now) {
      const owner = ownerOf(before);
      const had = readMark(before.meta)?.certificate ?? null;
      const id = had?.id ?? certificateOf(before);
      // Only what was uploaded, by us or by people, has a fingerprint; a mark that is gone tells nothing.
      if (owner === null || id === 0 || (had !== null && had.fingerprint === null)) return;
      if (now !== null && certificateOf(now) === id) return;
      isSuspected = true;
      released.set(id, olderNameOf(owner.key));
    },
    isDue,
    async sweep(signal) {
      if (!isSuspected) return;
      try {
        await sweep(signal);
        isSuspected = false;
        isNew = false;
        released.clear();
      } catch (error) {
        signal.throwIfAborted();
        if (!isFault(error)) throw error;
        // Asking again changes nothing of what the account may do: told once.
        if (error.reason === 'ProxyForbidden') {
          isSuspected = false;
          isNew = false;
        }
        log.warn('A certificate that we uploaded may be left', { why: error.message });
      }
    },
  };
}

function certificateOf({ fields }: Row): number {
  return Number(fields.certificate_id ?? 0);
}
