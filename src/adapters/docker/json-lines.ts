// Cuts a stream of one JSON value a line, as events and pulls are sent, into parsed values.
import { StringDecoder } from 'node:string_decoder';

/** A line longer than this is not an event; keeping it would only fill the memory. */
const LINE_LIMIT = 1_000_000;

/** The returned function takes pieces of the stream. Throws SyntaxError for a line that is not JSON. */
export function createJsonLines(onValue: (value: unknown) => void): (chunk: Buffer) => void {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  return (chunk) => {
    const lines = (rest + decoder.write(chunk)).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > LINE_LIMIT) throw new SyntaxError('a line of the stream is too long');
    for (const line of lines) if (line.trim() !== '') onValue(JSON.parse(line));
  };
}
