// What a proxy said, in a sentence of ours.

/** Long enough for a proxy's own sentence, short enough for a terminal. */
const LONGEST_QUOTE = 400;

/** One line, bounded, without what a terminal would obey, and without our secret headers' values. */
export function quote(text: string): string {
  const line = text
    .replaceAll(/[\p{Cc}\p{Cf}]+/gu, ' ')
    .replaceAll(/[0-9a-f]{24,}/g, '…')
    .trim()
    .slice(0, LONGEST_QUOTE);
  return line === '' ? 'it does not say why' : line;
}
