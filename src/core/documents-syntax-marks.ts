// Text of other tools inside YAML, which explains an error better than the error does.
import type { Words } from './documents-syntax-lines.ts';

export function conflict(text: string): Words | null {
  const found = /^(<{7} |>{7} |={7}$)/m.exec(text);
  if (found === null) return null;
  return {
    message: 'The file holds the marks of a merge that was never finished (`<<<<<<<`).',
    hint: 'choose one side and delete the lines with <<<<<<<, ======= and >>>>>>>',
    offset: found.index,
  };
}

export function template(line: string): Words | null {
  if (!/\{\{.*\}\}|\{%.*%\}/.test(line)) return null;
  return {
    message: 'This line holds a template (`{{ … }}`), and templates are not filled in here.',
    hint: 'write ${NAME} and set NAME under `variables` of the source, or put the text in quotes',
  };
}

/** `{ PORT: ${PORT} }`: inside braces a brace ends the text. */
export function bareVariable(line: string, start: number): Words | null {
  const found = /^[^"'#]*[[{][^"']*?(\$\{)/.exec(line);
  if (found === null || /^[^[{]*\$\{[^}]*\}[^[{]*$/.test(line)) return null;
  return {
    message: 'Inside braces or brackets a `${…}` must stand in quotes.',
    hint: 'for example `{ PORT: "${PORT}" }`',
    offset: start + found[0].length - 2,
  };
}
