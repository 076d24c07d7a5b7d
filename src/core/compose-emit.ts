// Writes a Compose file anew from what we read of it: two parsers that disagree about a text cannot be played off.
import type { ComposeNode, ComposeScalar } from './compose-node.ts';

/**
 * One line of flow YAML for each document, without anchors, merges, comments or clever quoting. Values that were
 * written plainly stay plain, letter by letter, so that Compose decides by its own rules whether `0440`, `yes` or
 * `1e3` is a number, a truth value or a text.
 */
export function composeText(
  documents: readonly ComposeNode[],
  /** Texts to write in place of those that were read. */
  replaced: ReadonlyMap<ComposeNode, string>,
): string {
  const emit = (node: ComposeNode): string => {
    const tag = node.tag === null ? '' : `!${node.tag} `;
    switch (node.type) {
      case 'scalar': {
        const text = replaced.get(node);
        return tag + (text === undefined ? scalar(node) : quoted(text));
      }
      case 'list':
        return `${tag}[${node.items.map(emit).join(', ')}]`;
      case 'map':
        return `${tag}{${node.entries.map(({ key, value }) => `${quoted(key)}: ${emit(value)}`).join(', ')}}`;
    }
  };
  return documents.map((document) => `--- ${emit(document)}\n`).join('');
}

function scalar({ text, isPlain }: ComposeScalar): string {
  if (isPlain && text === '') return 'null';
  return isPlain && SAFE_PLAIN.test(text) ? text : quoted(text);
}

/** All that could be anything else than text, and nothing that ends a plain value or begins something. */
const SAFE_PLAIN = /^(?:~|(?=.*[A-Za-z0-9])[A-Za-z0-9_+.-][A-Za-z0-9_+./-]*)$/;

/** JSON's quotes are YAML's, but for the line breaks that only YAML 1.1 knows and characters it does not print. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
