// What the real code makes of a host before it is stored: sorted names that nobody else has, and flags for TLS that fall back.
import { invalid } from './answers.ts';
import { type HostKind, hostKinds } from './host-kinds.ts';
import type { World } from './world.ts';

/** The column is a number, whatever the check of the body made of it. */
export function withNumber(body: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const id = body.certificate_id;
  return id === undefined || id === 'new' ? { ...body } : { ...body, certificate_id: Number(id) };
}

export function sortedNames(sent: Readonly<Record<string, unknown>>): { domain_names?: string[] } {
  return Array.isArray(sent.domain_names) ? { domain_names: [...sent.domain_names].sort() } : {};
}

/** A name is taken by any kind of host, whoever it belongs to and however it is written. */
export function refuseTaken(
  world: World,
  names: readonly string[],
  except: { kind: HostKind; id: number } | undefined,
): void {
  const kinds = hostKinds(world);
  for (const name of names)
    for (const kind of [kinds.proxy, kinds.redirection, kinds.dead])
      for (const host of kind.table.all()) {
        if (except !== undefined && kind.path === except.kind.path && host.id === except.id) continue;
        const taken = (host.domain_names as readonly string[]).some(
          (other) => other.toLowerCase() === name.toLowerCase(),
        );
        if (taken) throw invalid(`${name} is already in use`);
      }
}

/**
 * Without a certificate the flags for TLS are reset, unless an id was sent: the check of the body turns a sent 0 into the
 * text "0", which counts as one to the real code. HSTS needs forced TLS, its subdomains need HSTS.
 */
export function tlsFlags(
  kind: HostKind,
  row: Readonly<Record<string, unknown>>,
  sent: Readonly<Record<string, unknown>>,
): Record<string, boolean> {
  if (!('ssl_forced' in kind.defaults)) return {};
  if (sent.certificate_id === undefined && Number(row.certificate_id ?? 0) === 0)
    return { ssl_forced: false, http2_support: false, hsts_enabled: false, hsts_subdomains: false };
  const hsts_enabled = row.ssl_forced === true && row.hsts_enabled === true;
  return { hsts_enabled, hsts_subdomains: hsts_enabled && row.hsts_subdomains === true };
}
