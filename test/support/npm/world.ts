// Everything one double holds: its tables, its tokens, its nginx, and the switches that a test may throw.
import type { Nginx } from './nginx.ts';
import type { Quirks } from './quirks.ts';
import { createTable, type Row, stamp, type Table } from './rows.ts';
import type { Schemas } from './schemas.ts';
import type { Tokens } from './tokens.ts';

export interface World {
  readonly quirks: Quirks;
  readonly schemas: Schemas;
  readonly tokens: Tokens;
  readonly nginx: Nginx;
  readonly tables: Tables;
  readonly switches: Switches;
}

export interface Tables {
  readonly users: Table;
  readonly proxyHosts: Table;
  readonly redirectionHosts: Table;
  readonly deadHosts: Table;
  readonly streams: Table;
  readonly certificates: Table;
  readonly accessLists: Table;
  readonly accessItems: Table;
  readonly accessClients: Table;
  readonly auditLog: Table;
  readonly settings: Map<string, Record<string, unknown>>;
}

/** What is the double's own and no behaviour of the real one. */
export interface Switches {
  /** `fail` as without certbot; `self-signed` answers as Let's Encrypt would, with a certificate that nobody trusts. */
  letsencrypt: 'fail' | 'self-signed';
  /** From the answer to nginx's HUP; on the real one the old routing was seen for 105 to 122 ms after the answer. */
  reloadDelayMs: number;
}

/** Empty tables and the one setting. */
export function createTables(): Tables {
  const defaultSite = {
    id: 'default-site',
    name: 'Default Site',
    description: 'What to show when Nginx is hit with an unknown Host',
    value: 'congratulations',
    meta: {},
  };
  return {
    users: createTable(),
    proxyHosts: createTable(),
    redirectionHosts: createTable(),
    deadHosts: createTable(),
    streams: createTable(),
    certificates: createTable(),
    accessLists: createTable(),
    accessItems: createTable(),
    accessClients: createTable(),
    auditLog: createTable(),
    settings: new Map([['default-site', defaultSite]]),
  };
}

/** Notes what somebody did, with what they sent. */
export function audit(
  world: World,
  entry: { user: number; type: string; object: number; action: string; meta: unknown },
): void {
  world.tables.auditLog.insert({
    user_id: entry.user,
    object_type: entry.type,
    object_id: entry.object,
    action: entry.action,
    meta: structuredClone(entry.meta),
  });
}

/** Now, as the rows tell it. */
export function now(): string {
  return stamp(new Date());
}

export type { Row, Table };
