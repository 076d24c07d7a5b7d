// The last lines of a container, and what it writes from then on.
import type { IncomingMessage } from 'node:http';
import type { Engine } from './engine.ts';
import { type Patience, readBody } from './engine-http.ts';
import type { InspectedContainer } from './inspect.ts';
import { createFrameReader, createLineReader } from './log-frames.ts';

/** A timer cannot wait longer. */
const FOR_EVER_MS = 2 ** 31 - 1;

export async function readLogs(engine: Engine, container: string, tail: number): Promise<string[]> {
  const lines: string[] = [];
  const path = logPath(container, { tail, follow: 'no' });
  await engine.stream({ path, ms: engine.deadlines.listMs }, (response, patience) =>
    readLines(engine, { container, response, patience, onLine: (line) => lines.push(line) }),
  );
  return lines.slice(-tail);
}

/** Resolves when the container's log ends or the signal comes. A container may be silent for ever. */
export async function followLogs(
  engine: Engine,
  container: string,
  options: { tail: number; signal: AbortSignal; onLine: (line: string) => void },
): Promise<void> {
  const path = logPath(container, { tail: options.tail, follow: 'yes' });
  const { signal, onLine } = options;
  try {
    await engine.stream({ path, ms: FOR_EVER_MS, signal, connection: 'own' }, (response, patience) =>
      readLines(engine, { container, response, patience, onLine }),
    );
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

async function readLines(
  engine: Engine,
  options: {
    container: string;
    response: IncomingMessage;
    patience: Patience;
    onLine: (line: string) => void;
  },
): Promise<void> {
  const { container, response, patience, onLine } = options;
  const framed = await isFramed(engine, container, response);
  const reader = framed ? createFrameReader(onLine) : createLineReader(onLine);
  await readBody(response, { ...patience, onChunk: reader.write });
  reader.end();
}

/** Engines before API 1.42 call both forms raw: only the container's terminal tells them apart there. */
async function isFramed(engine: Engine, container: string, response: IncomingMessage): Promise<boolean> {
  if (response.headers['content-type']?.includes('multiplexed')) return true;
  const path = `/containers/${encodeURIComponent(container)}/json`;
  const inspected = await engine.jsonOrNull({ path, ms: engine.deadlines.readMs });
  return (inspected as InspectedContainer | null)?.Config.Tty === false;
}

function logPath(container: string, { tail, follow }: { tail: number; follow: 'yes' | 'no' }): string {
  const query = `stdout=1&stderr=1&tail=${tail}${follow === 'yes' ? '&follow=1' : ''}`;
  return `/containers/${encodeURIComponent(container)}/logs?${query}`;
}
