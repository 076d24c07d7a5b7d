// Which Nginx Proxy Manager this is: its version, and whether anybody has set it up. Asked without an account.
import type { RouteWish } from '../../model/route.ts';
import type { Api } from './api.ts';
import { answerOf } from './api.ts';

export interface Instance {
  major: number;
  minor: number;
  revision: number;
  /** Null before 2.13, which does not say. */
  isSetUp: boolean | null;
}

/** Faults: ProxyAway. */
export async function readInstance(
  { api, url }: { api: Pick<Api, 'open'>; url: string },
  signal: AbortSignal,
): Promise<Instance> {
  const value = answerOf(await api.open({ path: '/', signal }), { url }) as {
    setup?: unknown;
    version?: { major?: unknown; minor?: unknown; revision?: unknown };
  } | null;
  const { major, minor, revision } = value?.version ?? {};
  return {
    major: Number(major) || 0,
    minor: Number(minor) || 0,
    revision: Number(revision) || 0,
    isSetUp: typeof value?.setup === 'boolean' ? value.setup : null,
  };
}

export function versionText({ major, minor, revision }: Instance): string {
  return `${major}.${minor}.${revision}`;
}

/** Whether a certificate can be told with the hosts that have it, all four kinds of them. */
export function tellsUsers({ major, minor }: Instance): boolean {
  return major > 2 || (major === 2 && minor >= 13);
}

/** What this version cannot do of a wish, in a sentence; null where all of it, or where it does not say which it is. */
export function refuseByVersion({ domains, target, tls }: RouteWish, instance: Instance): string | null {
  if (instance.major === 0) return null;
  const isFrom = (minor: number, revision: number): boolean =>
    instance.major > 2 ||
    (instance.major === 2 &&
      (instance.minor > minor || (instance.minor === minor && instance.revision >= revision)));
  const name = `Nginx Proxy Manager ${versionText(instance)}`;
  if (target.type === 'stream' && tls !== null && !isFrom(12, 3))
    return `${name} has no certificates for streams: 2.12.3 is the first that has.`;
  const most = mostDomains(isFrom);
  return domains.length > most ? `${name} takes at most ${most} names for a route.` : null;
}

/** Facts of the tagged sources. Later ones are asked for by `refuseWish` for all versions. */
function mostDomains(isFrom: (minor: number, revision: number) => boolean): number {
  if (isFrom(11, 2)) return 100;
  return isFrom(11, 0) ? 30 : 15;
}
