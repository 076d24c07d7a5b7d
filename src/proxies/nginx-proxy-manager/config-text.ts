// Judges lines of nginx's own language that a manifest gives: they must stay inside of their server block. Pure.

const MOST_CHARACTERS = 16_000;

/**
 * Directives that read files of the proxy (its keys are there), write files, load code, or end what we rely on. The
 * list of nginx is long; what is here leads out of the route that it is written for.
 */
const REFUSED =
  /^(?:include|load_module|env|user|pid|alias|root|autoindex|access_log|error_log|ssl_certificate(?:_key)?|ssl_password_file|ssl_client_certificate|proxy_ssl_certificate(?:_key)?|auth_basic_user_file|(?:.*_)?(?:store|temp_path|cache_path)|dav_.*|create_full_put_path|fastcgi_.*|scgi_.*|uwsgi_.*|grpc_ssl_.*|perl.*|js_.*|.*lua.*|userid.*|ssi|xslt_.*|image_filter.*|server|http|stream|mail|events|map|upstream)$/i;

/** Ours, and files by another door. */
const REFUSED_TEXT = /tinyforge|\$http_keep_alive|keep-alive|unix:/i;

/** A sentence where it cannot be taken; null where it can. */
export function judgeConfigText(text: string): string | null {
  if (text.trim() === '') return null;
  if (text.length > MOST_CHARACTERS) return `it is longer than ${MOST_CHARACTERS} characters`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
  if (/[\u0000-\u0008\u000b-\u001f\u007f]/.test(text)) return 'it has control characters';
  const own = REFUSED_TEXT.exec(text)?.[0];
  if (own !== undefined) return `it uses ${JSON.stringify(own)}`;
  const statements = readStatements(text);
  if (typeof statements === 'string') return statements;
  const bad = statements.find((name) => REFUSED.test(name));
  return bad === undefined ? null : `it uses ${JSON.stringify(bad.slice(0, 60))}`;
}

/** The first word of each statement, as nginx's reader finds them; a sentence where blocks or quotes do not end. */
function readStatements(text: string): string[] | string {
  const names: string[] = [];
  let depth = 0;
  let words = 0;
  for (let at = 0; at < text.length; ) {
    const letter = text[at] ?? '';
    if (/\s/.test(letter)) at += 1;
    else if (letter === '#') at = endOfLine(text, at);
    else if (letter === ';' || letter === '{' || letter === '}') {
      if (letter === '}' && words > 0) return 'a statement has no `;` before `}`';
      if (letter !== '}' && words === 0) return `it has \`${letter}\` without a statement before it`;
      depth += letter === '{' ? 1 : letter === '}' ? -1 : 0;
      if (depth < 0) return 'it has more `}` than `{`';
      words = 0;
      at += 1;
    } else {
      const end = endOfWord(text, at);
      if (end === null) return 'a quote or a variable does not end';
      if (words === 0) names.push(text.slice(at, end).replaceAll(/["'\\]/g, ''));
      words += 1;
      at = end;
    }
  }
  if (depth > 0) return 'it has more `{` than `}`';
  return words > 0 ? 'its last statement has no `;`' : names;
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

function endOfWord(text: string, from: number): number | null {
  const quote = text[from];
  if (quote !== '"' && quote !== "'") return endOfPlainWord(text, from);
  for (let at = from + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === quote) return at + 1;
  }
  return null;
}

/** `${name}` belongs to the word. Any other `${` is null: nginx ends the word at the next `;`, where a reader may not. */
function endOfPlainWord(text: string, from: number): number | null {
  let at = from;
  while (at < text.length && !/[\s;{}]/.test(text[at] ?? '')) {
    const variable = text.startsWith('${', at) ? VARIABLE.exec(text.slice(at, at + 200))?.[0].length : 1;
    if (variable === undefined) return null;
    at += text[at] === '\\' ? 2 : variable;
  }
  return Math.min(at, text.length);
}

const VARIABLE = /^\$\{\w+\}/;
