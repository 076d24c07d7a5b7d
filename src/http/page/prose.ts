// Sentences for people: what stands between backticks is what a machine would take back.
import { type Html, html } from './html.ts';

/** How sentences begin that are written to stand behind a name; a name itself keeps its small letters. */
const STARTERS =
  /^(?:an?|the|its?|is|runs|leads|waits?|nothing|no|not|suspended|failed|tried|goes|pulling|starting|waiting|what|all|one|add|change|check|correct|give|install|make|move|name|put|remove|rename|see|set|start|stop|take|use|write)\b(?![-./@])/;

/** A first letter and a full stop. */
export function sentence(text: string): string {
  const trimmed = text.trim();
  if (trimmed === '') return '';
  const first = STARTERS.test(trimmed) ? trimmed.charAt(0).toUpperCase() + trimmed.slice(1) : trimmed;
  return /[.!?…"”]$/.test(first) ? first : `${first}.`;
}

/** Several texts as one paragraph; what is null or empty is left out. */
export function prose(...texts: readonly (string | null | undefined)[]): Html {
  const whole = texts
    .map((text) => sentence(text ?? ''))
    .filter((text) => text !== '')
    .join(' ');
  return withCode(whole);
}

/** A text as it is, but for what stands between backticks. */
export function withCode(text: string): Html {
  return html`${text.split('`').map((piece, index) => (index % 2 === 1 ? html`<code>${piece}</code>` : piece))}`;
}

/** Wraps the first place of each of these texts, in order; what is not found is passed over. */
export function marked(text: string, marks: readonly { text: string; as: (found: string) => Html }[]): Html {
  const pieces: (string | Html)[] = [];
  let rest = text;
  for (const mark of marks) {
    const at = mark.text === '' ? -1 : rest.indexOf(mark.text);
    if (at < 0) continue;
    pieces.push(rest.slice(0, at), mark.as(mark.text));
    rest = rest.slice(at + mark.text.length);
  }
  return html`${[...pieces, rest]}`;
}

/** A domain or a path that breaks after its dots and slashes, and nowhere else if that will do. */
export function breakable(text: string): Html {
  return html`${text.split(/(?<=[./:])/).map((piece, index) => (index === 0 ? piece : html`<wbr>${piece}`))}`;
}
