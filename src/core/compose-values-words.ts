// Splits a command written as one text into words, as Compose does: quotes and backslashes, no shell.
import { type Parsed, right, wrong } from './compose-values.ts';

/** `sh -c "echo 'a b'"` gives three words. Variables, pipes and globs mean nothing here. */
export function shellWords(text: string): Parsed<string[]> {
  const words: string[] = [];
  let word: string | null = null;
  let quote: '"' | "'" | null = null;
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? '';
    if (quote === null && /\s/.test(character)) {
      if (word !== null) words.push(word);
      word = null;
    } else if (quote === null && (character === '"' || character === "'")) {
      quote = character;
      word ??= '';
    } else if (character === quote) {
      quote = null;
    } else if (character === '\\' && quote !== "'") {
      const next = text[++at];
      if (next === undefined)
        return wrong('BadFormat', 'The command ends in a backslash.', 'write it as a list of words');
      // Inside double quotes a backslash is only special before these.
      word = (word ?? '') + (quote === '"' && !'"\\$`\n'.includes(next) ? `\\${next}` : next);
    } else {
      word = (word ?? '') + character;
    }
  }
  if (quote !== null) {
    return wrong(
      'BadFormat',
      `A quote (${quote}) in the command is never closed.`,
      'write it as a list of words',
    );
  }
  if (word !== null) words.push(word);
  return right(words);
}
