// Connections that clients have to a container, read from the kernel's tables of its network: no process runs in it for that.
import { readFile } from 'node:fs/promises';

/** As `/proc/net/tcp` has them (include/net/tcp_states.h). What is closing may still have an answer on its way. */
const STATE = { finWait2: '05', timeWait: '06', closed: '07', listening: '0A' };
const OVER: ReadonlySet<string> = new Set(Object.values(STATE));
const LOOPBACK_V4 = /^[0-9A-F]{6}7F$/;
const LOOPBACK_V6 = /^(?:0{24}01000000|0{16}FFFF0000[0-9A-F]{6}7F)$/;

export type ReadText = (path: string) => Promise<string>;

/**
 * `pid` is what the engine calls the container's first process: a number of its own PID namespace, which may be another
 * process here, or none. So its cgroup has to name the container. Null where that is not so, or nobody lets us look.
 */
export async function openConnections(
  { id, pid }: { id: string; pid: number },
  read: ReadText = (path) => readFile(path, 'utf8'),
): Promise<number | null> {
  try {
    if (!(await read(`/proc/${pid}/cgroup`)).includes(id)) return null;
    const v4 = await read(`/proc/${pid}/net/tcp`);
    // Without IPv6 in the kernel there is no such table.
    const v6 = await read(`/proc/${pid}/net/tcp6`).catch(() => '');
    return countInbound(`${v4}\n${v6}`);
  } catch {
    return null;
  }
}

/** Those to a port that somebody in there listens on, from outside: what goes out, and what stays within, is not a client's. */
export function countInbound(tables: string): number {
  const rows = tables.split('\n').flatMap((line) => {
    const [, local = '', remote = '', state = ''] = line.trim().split(/\s+/);
    const [, port] = local.split(':');
    return port === undefined || state.length !== 2
      ? []
      : [{ port, remote: remote.split(':')[0] ?? '', state }];
  });
  const listened = new Set(rows.filter(({ state }) => state === STATE.listening).map(({ port }) => port));
  return rows.filter(
    ({ port, remote, state }) =>
      listened.has(port) && !OVER.has(state) && !LOOPBACK_V4.test(remote) && !LOOPBACK_V6.test(remote),
  ).length;
}
