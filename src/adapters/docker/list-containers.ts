// The list of all containers of an engine, read from the stream into slim records; what did not change is not read again.
import { hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { ControllerNames } from '../../core/controller-names.ts';
import type { ObservedContainer } from '../../model/observed.ts';
import type { AliasReader } from './aliases.ts';
import { release } from './connect.ts';
import { type Patience, readBody } from './engine-http.ts';
import { type ListElement, readElement } from './list-record.ts';
import { createElementSplitter } from './list-stream.ts';

export type ListReader = (response: IncomingMessage, patience: Patience) => Promise<ObservedContainer[]>;

/** The last list, in its order. */
interface Known {
  containers: readonly ObservedContainer[];
  /** Of the bytes of each element; '' where they do not tell all. */
  digests: readonly string[];
  /** In bytes; 0 where they do not tell all. */
  lengths: readonly number[];
  /** Where an element with this digest is. */
  places: ReadonlyMap<string, number>;
}

const NOTHING_KNOWN: Known = { containers: [], digests: [], lengths: [], places: new Map() };

/**
 * Parses element by element: the text of ten thousand containers would be 18 MB, and 200 more once parsed. An element
 * whose bytes are those of the last list gives the very record of the last list, so that a quiet engine costs no
 * garbage; where it stands behind the same neighbour as before, its bytes are hashed and not even looked at. Throws
 * SyntaxError for what is not a list, and what `readBody` rejects with.
 */
export function createListReader(options: ControllerNames & { aliases: AliasReader }): ListReader {
  const { controller, formerly, aliases } = options;
  let known = NOTHING_KNOWN;

  return async (response, patience) => {
    const reading = { controller, formerly, intern: createIntern(), aliases: aliases.known };
    const before = known;
    const digests: string[] = [];
    const lengths: number[] = [];
    const containers: ObservedContainer[] = [];
    /** Where the next one would be in the last list. */
    let next = 0;

    function take(
      container: ObservedContainer,
      { digest, length }: { digest: string; length: number },
    ): void {
      containers.push(container);
      digests.push(digest);
      lengths.push(length);
    }

    function read(bytes: Buffer): void {
      const digest = digestOf(bytes);
      const place = before.places.get(digest);
      const container =
        place === undefined ? readElement(parse(bytes), reading) : (before.containers[place] ?? null);
      if (container === null) return;
      // One that changed is most often where it was.
      next = (place ?? next) + 1;
      take(container, { digest, length: bytes.length });
    }

    const splitter = createElementSplitter(read, {
      length: () => before.lengths[next] ?? 0,
      takes(bytes) {
        const digest = before.digests[next] ?? '';
        const container = before.containers[next];
        if (container === undefined || digestOf(bytes) !== digest) return false;
        take(container, { digest, length: bytes.length });
        next++;
        return true;
      },
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
    if (!isSame(containers, before.containers)) known = knownOf({ containers, digests, lengths });
    return containers;
  };
}

function isSame(some: readonly ObservedContainer[], others: readonly ObservedContainer[]): boolean {
  return some.length === others.length && some.every((container, index) => container === others[index]);
}

function knownOf({ containers, digests, lengths }: Omit<Known, 'places'>): Known {
  const settled = containers.map(isSettled);
  const places = new Map<string, number>();
  digests.forEach((digest, index) => {
    if (settled[index]) places.set(digest, index);
  });
  return {
    containers: [...containers],
    digests: digests.map((digest, index) => (settled[index] ? digest : '')),
    lengths: lengths.map((length, index) => (settled[index] ? length : 0)),
    places,
  };
}

function digestOf(bytes: Buffer): string {
  return hash('sha256', bytes, 'base64');
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
