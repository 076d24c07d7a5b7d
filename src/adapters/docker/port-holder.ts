// Which port an engine complains about, and which container has it.
import type { Engine } from './engine.ts';
import type { ListElement } from './list-record.ts';

/** What engines 20.10 to 29 say when a published port is in use; each has the address before the port. */
const TAKEN = [
  /Bind for \S*?:(\d+) failed: port is already allocated/,
  /listen (?:tcp|udp)\d? \S*?:(\d+): bind: address already in use/,
  /failed to bind (?:host )?port (?:for )?\S*?:(\d+)(?::\S+|\/\w+)?: address already in use/,
];

export function takenPort(message: string): number | null {
  for (const pattern of TAKEN) {
    const port = pattern.exec(message)?.[1];
    if (port !== undefined) return Number(port);
  }
  return null;
}

/** The name of the running container that publishes the port; null when none does, or when nobody answers now. */
export async function whoHolds(engine: Engine, port: number): Promise<string | null> {
  const filters = encodeURIComponent(JSON.stringify({ publish: [`${port}`] }));
  const path = `/containers/json?filters=${filters}`;
  try {
    const holders = (await engine.json({ path, ms: engine.deadlines.listMs })) as ListElement[];
    return holders[0]?.Names?.[0]?.replace(/^\//, '') ?? null;
  } catch {
    // The port is what matters; its holder is an extra.
    return null;
  }
}
