// The list of all containers of an engine, read from the stream into slim records.
import type { IncomingMessage } from 'node:http';
import type { ObservedContainer } from '../../model/observed.ts';
import { readBody } from './engine-http.ts';
import { type KnownAliases, type ListElement, readElement } from './list-record.ts';
import { createElementSplitter } from './list-stream.ts';

/**
 * Parses element by element: the whole text of ten thousand containers would be 18 MB, and 200 more once parsed.
 * Throws SyntaxError for what is not a list, and what `readBody` rejects with.
 */
export async function readContainerList(
  response: IncomingMessage,
  options: { controller: string; aliases: KnownAliases; ms: number; onLate: () => Error },
): Promise<ObservedContainer[]> {
  const containers: ObservedContainer[] = [];
  const kept = new Map<string, string>();
  function intern(text: string): string {
    const known = kept.get(text);
    if (known !== undefined) return known;
    kept.set(text, text);
    return text;
  }
  const reading = { controller: options.controller, aliases: options.aliases, intern };
  const splitter = createElementSplitter((bytes) => {
    const element = JSON.parse(bytes.toString()) as ListElement;
    const container = readElement(element, reading);
    if (container !== null) containers.push(container);
  });
  await readBody(response, { ms: options.ms, onLate: options.onLate, onChunk: splitter.write });
  splitter.end();
  return containers;
}
