// Tries lines that a person wrote on a host that nobody uses: where nginx refuses them, the host that serves is not touched.
import { canonicalJson, shortHash } from '../../core/canonical.ts';
import type { RouteWish } from '../../model/route.ts';
import { proxyAway } from './failures.ts';
import type { Row } from './fields.ts';
import type { Hosts } from './hosts.ts';
import { splitConfig } from './lines.ts';
import { markedMeta, type Owner, ownerOf } from './mark.ts';
import type { Wanted } from './wanted.ts';

const TRIES = 2;

/** A bad change takes the host's own file away at once, so its clients would get the default site until it is put back. */
export function needsTrial(before: Row | null, wanted: Wanted): boolean {
  if (before === null || wanted.kind !== 'proxy-host' || !before.enabled || before.online === false)
    return false;
  const written = writtenBy(wanted.fields);
  return written !== null && written !== writtenBy(before.fields);
}

/** What nginx says against it; null where it takes it, or where the API refuses it as it will refuse the write. */
export async function tryOut(
  { hosts, url }: { hosts: Hosts; url: string },
  { wish, wanted, signal }: { wish: RouteWish; wanted: Wanted; signal: AbortSignal },
): Promise<Row | null> {
  // `.invalid` is nobody's (RFC 2606). The key is one that no wish has: if we die here, the host is pruned as ours.
  const key = `${wanted.mark.key}/trial`;
  const fields = {
    ...wanted.fields,
    domain_names: [`trial-${shortHash({ key, unit: wish.unit }).slice(0, 12)}.tinyforge.invalid`],
    certificate_id: 0,
    ssl_forced: false,
    http2_support: false,
    hsts_enabled: false,
    hsts_subdomains: false,
  };
  const meta = markedMeta({}, { ...wanted.mark, key, certificate: null });
  for (let tries = 1; ; tries += 1) {
    const made = await hosts.create('proxy-host', { fields, meta, signal });
    const id = made.type === 'value' ? (made.value as { id?: unknown } | null)?.id : null;
    if (typeof id === 'number') return await judged(hosts, { id, signal });
    // It may be there all the same, or one that was left has its name: untried lines would reach the host that serves.
    const rows = await hosts.list('proxy-host', signal);
    const left = rows.find((row) => isSame(ownerOf(row), { key, controller: wanted.mark.controller }));
    if (left !== undefined) await hosts.remove(left, signal);
    else if (made.type === 'refused') return null;
    if (tries === TRIES)
      throw proxyAway(url, { why: made.type === 'value' ? 'a new host has no number' : made.why });
  }
}

/** Whatever is found out, nothing is left. */
async function judged(
  hosts: Hosts,
  { id, signal }: { id: number; signal: AbortSignal },
): Promise<Row | null> {
  const host = { kind: 'proxy-host', id } as const;
  try {
    const row = await hosts.get(host, signal);
    return row?.online === false ? row : null;
  } finally {
    const gone = await hosts.remove(host, signal);
    // Where this fails too, the next pass prunes it.
    if (gone.type === 'uncertain') await hosts.remove(host, signal);
  }
}

function isSame(owner: Owner | null, { key, controller }: Pick<Owner, 'key' | 'controller'>): boolean {
  return owner?.key === key && owner.controller === controller;
}

/** What a person wrote for nginx itself; null for nothing. */
function writtenBy(fields: Wanted['fields']): string | null {
  const { user } = splitConfig(String(fields.advanced_config ?? ''));
  const locations = (fields.locations ?? []) as readonly unknown[];
  return user === '' && locations.length === 0 ? null : canonicalJson({ user, locations });
}
