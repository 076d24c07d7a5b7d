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

/** What this version cannot do of a wish, in a sentence; null where all of it, or where it does not say which it is. */
export function refuseByVersion({ target, tls }: RouteWish, instance: Instance): string | null {
  const { major, minor, revision } = instance;
  const isKnown = major > 0;
  const hasStreamTls = major > 2 || (major === 2 && (minor > 12 || (minor === 12 && revision >= 3)));
  return target.type === 'stream' && tls !== null && isKnown && !hasStreamTls
    ? `Nginx Proxy Manager ${versionText(instance)} has no certificates for streams: 2.12.3 is the first that has.`
    : null;
}
