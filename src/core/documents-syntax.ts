// Says in plain words what the YAML parser means, and where a person would look for it.
import type { YAMLParseError } from 'yaml';
import {
  badIndent,
  blockAsKey,
  brokenKey,
  notClosed,
  type Spot,
  unexpected,
  type Words,
} from './documents-syntax-lines.ts';
import { bareVariable, conflict, template } from './documents-syntax-marks.ts';

export interface SyntaxWords {
  reason: 'YamlUnreadable';
  message: string;
  hint: string | null;
  offset: number;
}

const LONGEST_LOOK = 500;

/** One sentence and one hint for an error of the parser, which tells of tokens and not of mistakes. */
export function explainSyntax(error: YAMLParseError, text: string): SyntaxWords {
  const offset = error.pos[0];
  // A line may be the whole of a hostile file: what is looked at stays small.
  const start = Math.max(text.lastIndexOf('\n', offset - 1) + 1, offset - LONGEST_LOOK);
  const end = text.indexOf('\n', offset);
  const line = text.slice(start, Math.min(end < 0 ? text.length : end, offset + LONGEST_LOOK));
  const words =
    conflict(text) ?? template(line) ?? bareVariable(line, start) ?? byCode(error, { text, offset, line });
  return { reason: 'YamlUnreadable', offset, ...words };
}

function byCode(error: YAMLParseError, spot: Spot): Words {
  const { text, offset } = spot;
  switch (error.code) {
    case 'TAB_AS_INDENT':
      return { message: 'A tab stands where YAML takes only spaces.', hint: 'replace the tab by two spaces' };
    case 'BAD_INDENT':
      return badIndent(error.message, spot);
    case 'MISSING_CHAR':
      return missingCharacter(error.message, spot);
    case 'BLOCK_AS_IMPLICIT_KEY':
      return blockAsKey(error.message, spot);
    case 'MULTILINE_IMPLICIT_KEY':
      return brokenKey(spot);
    case 'BLOCK_IN_FLOW':
      return {
        message: 'A comma is missing between two entries in braces.',
        hint: 'write `{ http: /healthz, retries: 5 }`; a text with a colon and a space needs quotes',
      };
    case 'BAD_DQ_ESCAPE':
      return {
        message: `\`${text.slice(offset, offset + 2)}\` means nothing inside double quotes.`,
        hint: 'use single quotes, or write \\\\ for a backslash',
      };
    case 'BAD_SCALAR_START':
      return {
        message: `A text cannot begin with ${quoted(text[offset] ?? '')} unless it stands in quotes.`,
        hint: 'put the whole value in quotes',
      };
    case 'UNEXPECTED_TOKEN':
      return unexpected(error.message, spot);
    case 'BAD_ALIAS':
    case 'ALIAS_PROPS':
      return {
        message: 'An anchor or alias has no name.',
        hint: 'a text that begins with * or & needs quotes',
      };
    case 'MULTIPLE_ANCHORS':
    case 'MULTIPLE_TAGS':
    case 'BAD_PROP_ORDER':
      return {
        message: 'A value has more than one anchor or tag.',
        hint: 'keep one; texts with & or ! need quotes',
      };
    case 'KEY_OVER_1024_CHARS':
      return {
        message: 'A key is longer than 1024 characters.',
        hint: 'look for a quote that is never closed',
      };
    case 'TAG_RESOLVE_FAILED':
      return {
        message: 'A tag (`!…`) is not written as one.',
        hint: 'a text that begins with ! needs quotes',
      };
    case 'BAD_DIRECTIVE':
      return {
        message: 'A line that begins with % is a directive, and YAML does not know it.',
        hint: 'delete it',
      };
    default:
      return UNREADABLE;
  }
}

const UNREADABLE: Words = {
  message: 'This cannot be read as YAML.',
  hint: 'check indentation, quotes and brackets up to here',
};

function missingCharacter(library: string, { text, offset, line }: Spot): Words {
  const quote = /closing (.)quote/.exec(library)?.[1];
  if (quote !== undefined) {
    const opened = text.lastIndexOf(quote, offset - 1);
    const message = `A text that opens with ${quote} is never closed.`;
    return { message, hint: `add the closing ${quote}`, offset: opened < 0 ? offset : opened };
  }
  const bracket = /must end with a (.)/.exec(library)?.[1];
  if (bracket !== undefined) return notClosed(bracket);
  if (library.startsWith('Implicit map keys need')) {
    const word = line.trim().slice(0, 40);
    if (/^-\S/.test(word)) {
      return {
        message: 'A space is missing after the `-` of a list item.',
        hint: `write \`- ${word.slice(1)}\``,
      };
    }
    return {
      message: `${quoted(word)} stands where a key is expected, and has no colon after it.`,
      hint: 'write `key: value`, with a space after the colon',
    };
  }
  if (library.includes('omment')) {
    return { message: 'A comment begins right after a value.', hint: 'put a space before the #' };
  }
  return library.includes(',')
    ? {
        message: 'A comma is missing between two entries in brackets.',
        hint: 'separate the entries by commas',
      }
    : UNREADABLE;
}

/** In backticks, unless it is one itself. */
function quoted(text: string): string {
  return text.includes('`') ? `"${text}"` : `\`${text}\``;
}
