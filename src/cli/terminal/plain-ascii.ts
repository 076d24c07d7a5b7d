// The nearest ASCII for the few other characters that we write ourselves.

const REPLACEMENTS: Readonly<Record<string, string>> = {
  '→': '->',
  '…': '...',
  '·': '-',
  '–': '-',
  '━': '=',
  '─': '-',
  '│': '|',
  '›': '>',
  '×': 'x',
};

/** Only our own ornaments; what a person or a program wrote stays as it is. */
export function plainAscii(text: string): string {
  return text.replaceAll(/[→…·–━─│›×]/g, (character) => REPLACEMENTS[character] ?? character);
}
