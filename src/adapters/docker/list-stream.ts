// Cuts a JSON array that arrives in pieces into its elements, so that a list of any length is never in memory whole.

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

const NOTHING_EXPECTED: Guess = { length: () => 0, takes: () => false };

export interface ElementSplitter {
  /** Throws for what is not one JSON array. Keeps nothing of the chunk, whose memory may be used again at once. */
  write(chunk: Buffer): void;
  /** Throws when the array was not closed: the answer was cut. */
  end(): void;
}

/** What may come next, so that the bytes of an element that is known need not be looked at one by one. */
export interface Guess {
  /** How many bytes the next element has if it is the one that is expected; 0 where nothing is. */
  length(): number;
  /** Takes the bytes as an element if they are exactly one that was whole before; says whether it did. */
  takes(bytes: Buffer): boolean;
}

/**
 * Calls back with the bytes of each element, in order, without parsing them (what is between the commas is judged by
 * whoever parses it). It looks at bytes: no byte of a multi-byte UTF-8 character equals a quote, bracket or comma,
 * so a character that is cut between two chunks does no harm. The bytes are valid only during the call. An element
 * that a guess takes is not called back with; one that lies in two chunks is never guessed.
 */
export function createElementSplitter(
  onElement: (element: Buffer) => void,
  guess: Guess = NOTHING_EXPECTED,
): ElementSplitter {
  let place: 'before' | 'inside' | 'after' = 'before';
  let depth = 0;
  let inString = false;
  /** The last chunk ended in a backslash: the next byte is not what it seems. */
  let escaped = false;
  let elements = 0;
  /** The beginning of the element that is not whole yet. */
  let begun: Buffer[] = [];

  function emit(rest: Buffer): void {
    const element = begun.length === 0 ? rest : Buffer.concat([...begun, rest]);
    begun = [];
    elements++;
    onElement(element);
  }

  /** The index of what ends the element that begins at `start`, if it is the expected one; else `start`. */
  function skip(chunk: Buffer, start: number): number {
    const length = guess.length();
    const end = start + length;
    if (length === 0 || end >= chunk.length) return start;
    if (chunk[end] !== COMMA && chunk[end] !== CLOSE_ARRAY) return start;
    return guess.takes(chunk.subarray(start, end)) ? end : start;
  }

  /** Scans from `from`; answers with the index behind the array's end, or -1 when the chunk ends before. */
  function scan(chunk: Buffer, from: number): number {
    const length = chunk.length;
    let start = from;
    let at = escaped ? from + 1 : from;
    escaped = false;
    // The beginning of an element, and nothing of it was read yet.
    let isFresh = depth === 1 && !inString && begun.length === 0;
    while (at < length) {
      if (isFresh) {
        const end = skip(chunk, start);
        isFresh = false;
        if (end > start) {
          elements++;
          if (chunk[end] === CLOSE_ARRAY) return end + 1;
          at = end + 1;
          start = at;
          isFresh = true;
          continue;
        }
      }
      if (inString) {
        // Most bytes of a list are in strings: this inner loop is what makes it fast.
        let byte = 0;
        while (at < length) {
          byte = chunk[at] as number;
          if (byte === QUOTE || byte === BACKSLASH) break;
          at++;
        }
        if (at === length) break;
        if (byte === QUOTE) inString = false;
        else at++;
        at++;
        continue;
      }
      const byte = chunk[at++] as number;
      if (byte === QUOTE) inString = true;
      else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) depth++;
      else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
        depth--;
        if (depth > 0) continue;
        if (byte !== CLOSE_ARRAY) throw new SyntaxError('the answer is not a JSON array');
        const last = chunk.subarray(start, at - 1);
        if (elements > 0 || begun.some((part) => !isBlank(part)) || !isBlank(last)) emit(last);
        return at;
      } else if (byte === COMMA && depth === 1) {
        emit(chunk.subarray(start, at - 1));
        start = at;
        isFresh = true;
      }
    }
    escaped = at > length;
    if (start < length) begun.push(Buffer.from(chunk.subarray(start)));
    return -1;
  }

  return {
    write(chunk) {
      let at = 0;
      if (place === 'before') {
        while (at < chunk.length && isSpace(chunk[at])) at++;
        if (at === chunk.length) return;
        if (chunk[at++] !== OPEN_ARRAY) throw new SyntaxError('the answer is not a JSON array');
        place = 'inside';
        depth = 1;
      }
      if (place === 'inside') {
        at = scan(chunk, at);
        if (at < 0) return;
        place = 'after';
      }
      if (!isBlank(chunk.subarray(at))) throw new SyntaxError('the answer goes on after its JSON array');
    },
    end() {
      if (place !== 'after') throw new SyntaxError('the answer ends inside its JSON array');
    },
  };
}

function isBlank(bytes: Buffer): boolean {
  return bytes.every(isSpace);
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
