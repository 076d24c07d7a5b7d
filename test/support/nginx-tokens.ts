// nginx's configuration as nginx cuts it (ngx_conf_read_token), to see which directives a text really has.

/** Each directive by its name and the blocks around it, `server/location/try_files`; a table's lines count as `map/*`. */
export function directivesOf(text: string): string[] {
  const found: string[] = [];
  const blocks: string[] = [];
  let words: string[] = [];
  for (const token of tokens(text)) {
    if (token.type === 'word') words.push(token.text);
    else if (token.type === '}') blocks.pop();
    else {
      const isTable = blocks.at(-1) === 'map' || blocks.at(-1) === 'geo';
      if (isTable && words.length !== 2) throw new Error(`a table has the line ${words.join(' ')}`);
      const name = isTable && words[0] !== 'default' ? '*' : (words[0] ?? '');
      found.push([...blocks, name].join('/'));
      if (token.type === '{') blocks.push(name);
      words = [];
    }
  }
  if (words.length > 0 || blocks.length > 0) throw new Error('the text ends inside of a directive');
  return found;
}

type Token = { type: 'word'; text: string } | { type: ';' | '{' | '}' };

function* tokens(text: string): Generator<Token> {
  for (let at = 0; at < text.length; ) {
    const character = text[at] ?? '';
    if (/\s/.test(character)) at += 1;
    else if (character === '#') at = text.indexOf('\n', at);
    else if (character === ';' || character === '{' || character === '}') {
      yield { type: character };
      at += 1;
    } else {
      const end = character === '"' || character === "'" ? quotedEnd(text, at) : plainEnd(text, at);
      yield { type: 'word', text: text.slice(at, end) };
      at = end;
    }
  }
}

function quotedEnd(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === text[from]) {
      if (!/[\s;{)]/.test(text[at + 1] ?? ''))
        throw new Error(`more follows a quote: ${text.slice(from, at + 9)}`);
      return at + 1;
    }
  }
  throw new Error('a quote is never closed');
}

function plainEnd(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (/[\s;{]/.test(text[at] ?? '') && text[at - 1] !== '$') return at;
  }
  throw new Error('a word is never ended');
}
