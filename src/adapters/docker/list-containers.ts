// The list of all containers of an engine, read from the stream into slim records; what did not change is not read again.
import { hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { ObservedContainer } from '../../model/observed.ts';
import type { AliasReader } from './aliases.ts';
import { release } from './connect.ts';
import { type Patience, readBody } from './engine-http.ts';
import { type ListElement, readElement } from './list-record.ts';
import { createElementSplitter } from './list-stream.ts';

export type ListReader = (response: IncomingMessage, patience: Patience) => Promise<ObservedContainer[]>;

/**
 * Parses element by element: the text of ten thousand containers would be 18 MB, and 200 more once parsed. An element
 * whose bytes are those of the last list gives the very record of the last list, so that a quiet engine costs no
 * garbage. Throws SyntaxError for what is not a list, and what `readBody` rejects with.
 */
export function createListReader(options: { controller: string; aliases: AliasReader }): ListReader {
  const { controller, aliases } = options;
  let known: ReadonlyMap<string, ObservedContainer> = new Map();

  return async (response, patience) => {
    const reading = { controller, intern: createIntern(), aliases: aliases.known };
    const digests: string[] = [];
    const containers: ObservedContainer[] = [];
    const splitter = createElementSplitter((bytes) => {
      const digest = hash('sha256', bytes, 'base64');
      const container = known.get(digest) ?? readElement(parse(bytes), reading);
      if (container === null) return;
      digests.push(digest);
      containers.push(container);
    });
    await readBody(response, {
      ...patience,
      onChunk(chunk) {
        splitter.write(chunk);
        release(chunk);
      },
    });
    splitter.end();
    await aliases.fill(containers);
    known = new Map(
      containers.flatMap((container, index) =>
        isSettled(container) ? [[digests[index] ?? '', container]] : [],
      ),
    );
    return containers;
  };
}

/** An endpoint that has no id yet can change its aliases without a trace in the list. */
function isSettled(container: ObservedContainer): boolean {
  return Object.values(container.networks).every(({ endpointId }) => endpointId !== '');
}

function parse(bytes: Buffer): ListElement {
  return JSON.parse(bytes.toString());
}

function createIntern(): (text: string) => string {
  const kept = new Map<string, string>();
  return (text) => {
    const known = kept.get(text);
    if (known !== undefined) return known;
    kept.set(text, text);
    return text;
  };
}
