// Writes variables as an env file that every Compose reads back letter by letter.

/**
 * Double quotes with escapes: tried on 2.26 with quotes, backslashes, line breaks, dollars and characters beyond the
 * first plane. (Single quotes know no escape for a single quote.) `$$` is a dollar to Compose.
 */
export function envFileText(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => `${name}=${quoted(value)}\n`)
    .join('');
}

function quoted(value: string): string {
  const escaped = value
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('$', '$$$$')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r');
  return `"${escaped}"`;
}
