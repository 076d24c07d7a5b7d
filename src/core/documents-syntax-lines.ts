// Mistakes of lines: indentation, keys and what follows them, told by looking at the text around.

export interface Words {
  message: string;
  hint: string | null;
  /** Where a person would look, when that is not where the parser stopped. */
  offset?: number;
}

export interface Spot {
  text: string;
  offset: number;
  /** The line that the offset is in. */
  line: string;
}

export function badIndent(library: string, { text, offset, line }: Spot): Words {
  const bracket = /must be sufficiently indented and end with a (.)/.exec(library)?.[1];
  if (bracket !== undefined) return notClosed(bracket);
  if (/^\s*- /.test(line)) {
    return { message: 'This list item is not indented as the list it belongs to.', hint: ALIGN };
  }
  return {
    message: 'This line is not indented as the keys around it.',
    hint: 'align it with the key above that it belongs beside',
    offset: text.lastIndexOf('\n', offset - 1) + 1 + leadOf(line),
  };
}

/** `]` or `}` is missing. */
export function notClosed(bracket: string): Words {
  const open = bracket === ']' ? '[' : '{';
  return {
    message: `A \`${open}\` is opened before this place and not closed with \`${bracket}\`.`,
    hint: `add the missing ${bracket}, or indent the lines between more than the key`,
  };
}

/** A value, and then more of it on the same line or below. */
export function blockAsKey(library: string, { text, offset, line }: Spot): Words {
  if (library.includes('block sequence')) {
    const item = text.indexOf('-', offset);
    const message = 'This list item is indented less than its list.';
    return { message, hint: ALIGN, offset: item < 0 ? offset : item };
  }
  const end = endOfLine(text, offset);
  if (/:(\s|$)/.test(text.slice(offset, end))) {
    return {
      message: 'There are two keys on this line, or a text with a colon and a space in it.',
      hint: 'put the value in quotes, or begin a new line for the second key',
    };
  }
  const key = /^\s*([^\s:]+)\s*:/.exec(line)?.[1];
  return {
    message: `This line is indented below ${key === undefined ? 'a key' : `\`${key}\``}, which has a value already.`,
    hint: 'indent it as the key above, or take the value above away',
    offset: end + 1 + leadOf(text.slice(end + 1)),
  };
}

/** Words where a key should be, so that the next line's colon seemed to be theirs. */
export function brokenKey({ line }: Spot): Words {
  const word = line.trim().slice(0, 40);
  if (/^[\w.-]+:\S/.test(word)) {
    return {
      message: `A space is missing after the colon in \`${word}\`.`,
      hint: `write \`${word.replace(':', ': ')}\``,
    };
  }
  return {
    message: `\`${word}\` stands where a key is expected, and has no colon after it.`,
    hint: 'write `key: value`, with a space after the colon',
  };
}

export function unexpected(library: string, { text, offset, line }: Spot): Words {
  if (/[\]}]/.test(text[offset] ?? '')) {
    return {
      message: `\`${text[offset]}\` closes a bracket that was not opened.`,
      hint: 'take it away, or put the text in quotes',
    };
  }
  if (library.includes('Block scalar header')) {
    return {
      message: 'After `|` or `>` the text begins on the next line.',
      hint: 'begin a new line, indented more than the key',
    };
  }
  if (offset === text.lastIndexOf('\n', offset - 1) + 1 + leadOf(line) && /^\s*[^\s-][^:]*:/.test(line)) {
    return {
      message: 'A key stands here on the level of a list or a text.',
      hint: 'a document is a map of keys or a list, not both; check the indentation above',
    };
  }
  if (/^\s*[^\s:]+:\s+- /.test(line)) {
    return {
      message: 'A list begins on the line of its key.',
      hint: 'put the first `-` on a line of its own',
    };
  }
  return {
    message: 'Something stands here after the end of a value.',
    hint: 'check the quotes on this line; a quote inside single quotes is written twice',
  };
}

const ALIGN = 'align the `-` with the others of its list';

function leadOf(text: string): number {
  return /^[^\S\n]*/.exec(text)?.[0].length ?? 0;
}

function endOfLine(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end < 0 ? text.length : end;
}
