// Where a browser says a request comes from: other pages may link to us, and nothing else.
import type { Config } from '../../model/config.ts';
import { quoted, type Refusal } from '../refusal.ts';
import { hostName } from './host.ts';

export interface Provenance {
  method: string;
  host: string | undefined;
  origin: string | undefined;
  fetchSite: string | undefined;
  fetchMode: string | undefined;
  /** The live stream: a GET, but one that another page could hold open for ever. */
  stream: boolean;
}

/**
 * Gives null for our own pages, for programs (which send none of these headers) and for links from elsewhere.
 * Everything else that a browser marks as coming from another page is refused: forms, scripts, images, streams.
 */
export function createOriginGuard(config: Pick<Config, 'hosts'>): (from: Provenance) => Refusal | null {
  const hosts = new Set(config.hosts.map((host) => host.toLowerCase()));
  return (from) => {
    const reads = from.method === 'GET' || from.method === 'HEAD';
    const foreign = from.fetchSite !== undefined && !['same-origin', 'none'].includes(from.fetchSite);
    const link = reads && !from.stream && from.fetchMode === 'navigate';
    if (foreign && !link) return refusal(from.origin ?? null);
    if ((!reads || from.stream) && from.origin !== undefined && !isOurs(from.origin, from.host, hosts))
      return refusal(from.origin);
    return null;
  };
}

function isOurs(origin: string, host: string | undefined, hosts: ReadonlySet<string>): boolean {
  if (!URL.canParse(origin)) return false;
  const from = new URL(origin);
  if (from.protocol !== 'http:' && from.protocol !== 'https:') return false;
  if (host !== undefined && from.host === host.toLowerCase()) return true;
  // Behind a proxy that rewrites Host; only on the usual ports, for another port is another program.
  const name = hostName(from.host);
  return name !== null && hosts.has(name) && from.port === '';
}

function refusal(origin: string | null): Refusal {
  const page = origin === null ? 'Another web page' : `The web page ${quoted(origin)}`;
  return {
    status: 403,
    code: 'ORIGIN_FOREIGN',
    reason: 'OriginForeign',
    message: `${page} may not use Tinyforge from your browser.`,
    hint: 'Open Tinyforge itself, or use the CLI or a token from a program.',
  };
}
