// Headers and redirects as nginx's maps: tables of paths, so that no text of a person stands where a directive could.
import type { SiteServing } from '../../model/desired.ts';
import { literal, literalThen, matching, matchingPath } from './nginx-text.ts';
import { closerFirst } from './read-serving.ts';

const FOR_A_YEAR = 'public, max-age=31536000, immutable';

export interface Lines {
  /** Beside the server's block. */
  outside: string[];
  inside: string[];
}

/**
 * The path as it was asked for: nginx keeps what a map gave for the length of a request, and asks it in the server's
 * first phase, before a fallback to another file changes `$uri`.
 */
const ASKED = 'map $uri $tinyforge_asked { default $uri; }';

export function headerLines({ headers, immutable }: SiteServing): Lines {
  const all = [
    ...immutable.map((path) => ({ path, name: 'Cache-Control', value: FOR_A_YEAR })),
    ...headers,
  ].sort((a, b) => closerFirst(a.path, b.path));
  const names = [...new Map(all.map(({ name }) => [name.toLowerCase(), name])).entries()];
  if (names.length === 0) return { outside: [], inside: [] };
  return {
    outside: [
      ASKED,
      ...names.map(([key], index) =>
        map(
          `$tinyforge_asked $tinyforge_header_${index}`,
          all
            .filter(({ name }) => name.toLowerCase() === key)
            .map(({ path, value }) => `"~${matchingPath(path)}" ${literal(value)};`),
        ),
      ),
    ],
    inside: [
      '  set $tinyforge_path $tinyforge_asked;',
      ...names.map(
        // A page for what is missing may not be kept as the file would be.
        ([key, name], index) =>
          `  add_header ${name} $tinyforge_header_${index}${key === 'cache-control' ? '' : ' always'};`,
      ),
    ],
  };
}

/** By the address as it was sent: decoded, a path could hold line breaks, which would become headers. */
export function redirectLines({ redirects, cleanUrls }: SiteServing, untouched: string): Lines {
  const statuses = [...new Set(redirects.map(({ status }) => status))].sort();
  const tables = statuses.map((status) => ({
    status,
    name: `$tinyforge_redirect_${status}`,
    lines: redirects.map(
      (rule) => `"~${redirected(rule.from)}" ${rule.status === status ? target(rule) : '""'};`,
    ),
  }));
  if (cleanUrls) {
    // Slashes and backslashes at its front would make another host of what follows.
    const rest = (tail: string): string =>
      `"~^${SLASHES}(?<tinyforge_clean>(?:[!->@-~]*\\x2f)?${tail}" "/$tinyforge_clean$is_args$args";`;
    const lines = [
      ...redirects.map(({ from }) => `"~${redirected(from)}" "";`),
      rest(`)index\\x2ehtml${END}`),
      rest(`[!-.0->@-~]+)\\x2ehtml${END}`),
    ];
    tables.push({ status: 301, name: '$tinyforge_clean_to', lines });
  }
  return {
    outside: tables.map(({ name, lines }) =>
      map(`$request_uri ${name}`, [`${literal(untouched)} "";`, ...lines]),
    ),
    inside: tables.map(({ status, name }) => `  if (${name} != "") { return ${status} ${name}; }`),
  };
}

const SLASHES = '[\\x2f\\x5c]++';
const END = '(?:[?]|$)';

function redirected(from: string): string {
  if (!from.endsWith('/*')) return `^${matching(from.replace(/\/$/, ''))}\\x2f?${END}`;
  return `^${matching(from.slice(0, -2))}(?:${SLASHES}(?<tinyforge_rest>[!->@-~]*))?${END}`;
}

function target({ from, to }: SiteServing['redirects'][number]): string {
  const query = /[?#]/.test(to) ? '' : '$is_args$args';
  if (!from.endsWith('*') || !to.endsWith('*')) return literalThen(to, query);
  return literalThen(to.slice(0, -1), `$tinyforge_rest${query}`);
}

function map(variables: string, lines: readonly string[]): string {
  return [`map ${variables} {`, '  default "";', ...lines.map((line) => `  ${line}`), '}'].join('\n');
}
