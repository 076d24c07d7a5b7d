// HTML as a value. Everything put into a template is escaped, unless it is such a value itself.
// Templates, not JSX: the sources run as they are on a Node that only strips types.
import { html as template } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';

export type Html = HtmlEscapedString;
export type HtmlValue = string | number | null | undefined | false | Html | readonly HtmlValue[];

/** Attribute values must stand in double quotes: that is what the escaping is made for. */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  const made = template(strings, ...values);
  if (made instanceof Promise) throw new TypeError('A page is rendered at once, from values that are there.');
  return made;
}

/** Nothing, where a part is absent. */
export const none: Html = html``;
