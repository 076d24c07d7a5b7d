// `http://192.0.2.10:5000`: where a route or one of its paths leads, taken apart.
import type { Upstream } from '../../model/route.ts';
import { type Parsed, right, wrong } from '../compose-values.ts';

/** What the schema of such an address asks; the port and the host are looked at here. */
export const FORWARD_PATTERN =
  '^https?://(\\[[0-9a-fA-F:.]+\\]|[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?)(:[0-9]{1,5})?(/[A-Za-z0-9._~!&()*+,=:@%/-]*)?$';

const PARTS = new RegExp(FORWARD_PATTERN);
const DEFAULT_PORT = { http: 80, https: 443 };

export interface ForwardAddress {
  upstream: Upstream;
  /** Null where none is written. */
  path: string | null;
}

/** IPv6 addresses lose their brackets. A path of `/` alone is a path: it replaces the one that was asked for. */
export function forwardAddress(text: string): Parsed<ForwardAddress> {
  const found = PARTS.exec(text);
  if (found === null) return wrong('BadFormat', 'This is no address that can be forwarded to.', EXAMPLE);
  const scheme = text.startsWith('https:') ? 'https' : 'http';
  const port = found[3] === undefined ? DEFAULT_PORT[scheme] : Number(found[3].slice(1));
  if (port < 1 || port > 65_535) return wrong('OutOfRange', 'A port is from 1 to 65535.', EXAMPLE);
  const host = (found[1] ?? '').replace(/^\[|\]$/g, '').toLowerCase();
  return right({ upstream: { scheme, host, port }, path: found[4] ?? null });
}

const EXAMPLE = 'for example `http://192.0.2.10:5000`';
