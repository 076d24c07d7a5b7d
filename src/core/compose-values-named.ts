// Names with values as Compose writes them, read into texts; a name alone is refused with a reason.
import { type NamedValue, namedValueEntries } from './compose-values.ts';
import type { Path } from './documents.ts';
import type { Report } from './validate-report.ts';

/** In Compose a name without a value means the caller's environment, which no manifest may see. */
export function namedTexts(
  values: Readonly<Record<string, NamedValue>> | readonly string[] | undefined,
  { path, report }: { path: Path; report: Report },
): Record<string, string> | undefined {
  if (values === undefined) return undefined;
  const texts: [string, string][] = [];
  for (const { name, value, at } of namedValueEntries(values)) {
    if (value !== null) texts.push([name, String(value)]);
    else {
      const hint = `write \`${name}: ""\`, or \`${name}: \${${name}}\` for a variable of the source`;
      report.add([...path, at], { reason: 'MissingValue', message: `\`${name}\` has no value.`, hint });
    }
  }
  return Object.fromEntries(texts);
}

/** Leaves out what was not said, so that merging does not erase what the level above said. */
export function given<T extends object>(part: { [K in keyof T]: T[K] | undefined }): T {
  const said: Partial<T> = {};
  for (const key in part) if (part[key] !== undefined) said[key] = part[key];
  return said as T;
}
