// Says in plain words what the YAML parser means, and where a person would look for it.
import type { YAMLParseError } from 'yaml';

export interface SyntaxWords {
  reason: 'YamlUnreadable';
  message: string;
  hint: string | null;
  offset: number;
}

type Words = Omit<SyntaxWords, 'reason' | 'offset'> & { offset?: number };

/** One sentence and one hint for the first error of a document. */
export function explainSyntax(error: YAMLParseError, text: string): SyntaxWords {
  const offset = error.pos[0];
  const line = lineAround(text, offset);
  const words = conflict(text) ?? template(line) ?? byCode(error, { text, offset, line });
  return { reason: 'YamlUnreadable', offset, ...words };
}

interface Spot {
  text: string;
  offset: number;
  line: string;
}

function conflict(text: string): Words | null {
  const found = /^(<{7} |>{7} |={7}$)/m.exec(text);
  if (found === null) return null;
  return {
    message: 'The file holds the marks of a merge that was never finished (`<<<<<<<`).',
    hint: 'choose one side and delete the lines with <<<<<<<, ======= and >>>>>>>',
    offset: found.index,
  };
}

function template(line: string): Words | null {
  if (!/\{\{.*\}\}|\{%.*%\}/.test(line)) return null;
  return {
    message: 'This line holds a template (`{{ … }}`), and templates are not filled in here.',
    hint: 'write ${NAME} and set NAME under `variables` of the source, or put the text in quotes',
  };
}

function byCode(error: YAMLParseError, spot: Spot): Words {
  const { text, offset, line } = spot;
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
      return {
        message: 'A key goes on over more than one line.',
        hint: 'check the indentation and the quotes above',
      };
    case 'BAD_DQ_ESCAPE':
      return {
        message: `\`${text.slice(offset, offset + 2)}\` means nothing inside double quotes.`,
        hint: 'use single quotes, or write \\\\ for a backslash',
      };
    case 'BAD_SCALAR_START':
      return {
        message: `A text cannot begin with \`${text[offset] ?? ''}\` unless it stands in quotes.`,
        hint: 'put the whole value in quotes',
      };
    case 'UNEXPECTED_TOKEN':
      return unexpected(line);
    case 'BAD_ALIAS':
    case 'ALIAS_PROPS':
      return {
        message: 'An alias (`*name`) is not written as one.',
        hint: 'a text that begins with * needs quotes',
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
    case 'BAD_DIRECTIVE':
      return {
        message: 'A line that begins with % is a directive, and YAML does not know this one.',
        hint: 'delete it',
      };
    default:
      return {
        message: 'This cannot be read as YAML.',
        hint: 'check indentation, quotes and brackets up to here',
      };
  }
}

function badIndent(library: string, { text, offset, line }: Spot): Words {
  const bracket = /must be sufficiently indented and end with a (.)/.exec(library)?.[1];
  if (bracket !== undefined) {
    const open = bracket === ']' ? '[' : '{';
    return {
      message: `A \`${open}\` is opened before this place and not closed with \`${bracket}\`.`,
      hint: `add the missing ${bracket}, or indent the lines between more than the key`,
    };
  }
  if (/^\s*- /.test(line)) {
    return {
      message: 'This list item is not indented as the list it belongs to.',
      hint: 'align the `-` with the others',
    };
  }
  const lead = /^\s*/.exec(line)?.[0].length ?? 0;
  return {
    message: 'This line is not indented as the keys around it.',
    hint: 'align it with the key above that it belongs beside',
    offset: text.lastIndexOf('\n', offset - 1) + 1 + lead,
  };
}

function missingCharacter(library: string, { text, offset, line }: Spot): Words {
  const quote = /closing (.)quote/.exec(library)?.[1];
  if (quote !== undefined) {
    const opened = lastOpening(text, offset, quote);
    return {
      message: `A text that opens with ${quote} is never closed.`,
      hint: `add the closing ${quote}`,
      offset: opened,
    };
  }
  if (library.startsWith('Implicit map keys need')) {
    const word = line.trim().slice(0, 40);
    return {
      message: `\`${word}\` stands where a key is expected, and has no colon after it.`,
      hint: 'write `key: value`, with a space after the colon',
    };
  }
  if (library.includes(',')) {
    return {
      message: 'A comma is missing between two entries in brackets.',
      hint: 'separate the entries by commas',
    };
  }
  if (library.includes('omment')) {
    return { message: 'A comment begins right after a value.', hint: 'put a space before the #' };
  }
  return {
    message: 'A character is missing here.',
    hint: 'check indentation, quotes and brackets up to here',
  };
}

function lastOpening(text: string, offset: number, quote: string): number {
  const found = text.indexOf(quote, text.lastIndexOf(`${quote}`, offset - 1));
  return found < 0 ? offset : found;
}

function blockAsKey(library: string, { text, offset, line }: Spot): Words {
  if (library.includes('block sequence')) {
    const item = text.indexOf('-', offset);
    return {
      message: 'This list item is indented less than its list.',
      hint: 'align the `-` with the ones above',
      offset: item < 0 ? offset : item,
    };
  }
  const rest = text.slice(offset, endOfLine(text, offset));
  if (/:(\s|$)/.test(rest)) {
    return {
      message: 'There are two keys on this line, or a text with a colon and a space in it.',
      hint: `put the value in quotes, or begin a new line for the second key`,
    };
  }
  const next = endOfLine(text, offset) + 1;
  const lead = /^\s*/.exec(text.slice(next))?.[0].length ?? 0;
  const key = /^\s*([^\s:]+)\s*:/.exec(line)?.[1] ?? null;
  return {
    message: `This line is indented below ${key === null ? 'a key' : `\`${key}\``}, which has a value already.`,
    hint: 'indent it as the key above, or take the value above away',
    offset: next + lead,
  };
}

function unexpected(line: string): Words {
  if (/^[^\s-][^:]*:/.test(line)) {
    return {
      message: 'A key stands here on the level of a list.',
      hint: 'a document is a map of keys or a list, not both; check the indentation above',
    };
  }
  if (/[\]}]/.test(line)) {
    return {
      message: 'A bracket is closed that was not opened.',
      hint: 'take it away, or put the text in quotes',
    };
  }
  return {
    message: 'Something stands here after the end of a value.',
    hint: 'check quotes and brackets on this line',
  };
}

function lineAround(text: string, offset: number): string {
  return text.slice(text.lastIndexOf('\n', offset - 1) + 1, endOfLine(text, offset));
}

function endOfLine(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end < 0 ? text.length : end;
}
