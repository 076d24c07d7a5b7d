// From what a manifest says about serving to what the web server is told, and what cannot be so.
import { type Parsed, right, wrong } from '../../core/compose-values.ts';
import type { Path } from '../../core/documents.ts';
import type { Report } from '../../core/validate-report.ts';
import type { SiteServing } from '../../model/desired.ts';
import { fitsToken, literal } from './nginx-text.ts';
import type { SiteManifest } from './schema.ts';

/** What the web server says itself, about the connection and about the bytes that it sends. */
const ITS_OWN: ReadonlySet<string> = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'content-range',
  'content-type',
  'date',
  'etag',
  'keep-alive',
  'last-modified',
  'location',
  'server',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

type Redirect = SiteServing['redirects'][number];

export function readServing(manifest: SiteManifest, report: Report): SiteServing {
  const redirects: Redirect[] = [];
  for (const [index, { from, to, status }] of (manifest.redirects ?? []).entries()) {
    const rule = report.take(['redirects', index], oneRedirect({ from, to, status: status ?? 301 }));
    if (rule !== undefined) redirects.push(rule);
  }
  for (const [index, rule] of redirects.entries())
    if (isEndless(rule, redirects)) {
      const message = `The redirect of ${rule.from} leads round in a circle.`;
      report.add(['redirects', index], {
        reason: 'RouteLoop',
        message,
        hint: 'let it end at a path that is not redirected',
      });
    }
  return {
    headers: readHeaders(manifest, report),
    immutable: [...new Set(manifest.immutable ?? [])].sort(closerFirst),
    redirects,
    cleanUrls: manifest.clean_urls ?? false,
    precompressed: manifest.precompressed ?? false,
  };
}

function readHeaders({ headers = {} }: SiteManifest, report: Report): SiteServing['headers'] {
  const found: SiteServing['headers'] = [];
  for (const [path, named] of Object.entries(headers))
    for (const [name, value] of Object.entries(named)) {
      const at: Path = ['headers', path, name];
      const taken = report.take(at, oneHeader(name, value));
      if (taken !== undefined) found.push({ path, name, value });
    }
  return found.sort((a, b) => closerFirst(a.path, b.path));
}

function oneHeader(name: string, value: string): Parsed<true> {
  if (ITS_OWN.has(name.toLowerCase()))
    return wrong('NotAllowed', `The header ${name} is set by the web server itself.`, 'take it out');
  if (!fitsToken(literal(value)))
    return wrong(
      'OutOfRange',
      `The value of ${name} is longer than the web server can read.`,
      'make it shorter',
    );
  return right(true);
}

function oneRedirect(rule: Redirect): Parsed<Redirect> {
  const { from, to } = rule;
  if (from.endsWith('*') && !from.endsWith('/*'))
    return wrong('BadFormat', 'A `*` in `from` stands after a /.', 'for example `from: /blog/*`');
  if (to.endsWith('*') && !to.endsWith('/*'))
    return wrong('BadFormat', 'A `*` in `to` stands after a /.', 'for example `to: /journal/*`');
  if (to.endsWith('*') && !from.endsWith('*'))
    return wrong(
      'Conflict',
      '`to` ends with `*`, and `from` has none to fill it.',
      'end both with /*, or neither',
    );
  return right(rule);
}

/** Walked as a browser would, by an address that fits its `from`. */
function isEndless(rule: Redirect, rules: readonly Redirect[]): boolean {
  let path: string | null = rule.from.replace(/\*$/, 'x');
  for (let hops = 0; path !== null; hops++) {
    if (hops > rules.length) return true;
    path = next(path, rules);
  }
  return false;
}

function next(path: string, rules: readonly Redirect[]): string | null {
  for (const { from, to } of rules) {
    const rest = restOf(path, from);
    if (rest === null) continue;
    if (!to.startsWith('/')) return null;
    return to.replace(/[?#].*$/, '').replace(/\*$/, rest);
  }
  return null;
}

/** What `*` stands for; null where the path does not fit. A slash at the end makes no difference without `*`. */
function restOf(path: string, from: string): string | null {
  if (!from.endsWith('/*'))
    return path.replace(/(?<=.)\/$/, '') === from.replace(/(?<=.)\/$/, '') ? '' : null;
  const base = from.slice(0, -2);
  if (path === base) return '';
  return path.startsWith(`${base}/`) ? path.slice(base.length + 1) : null;
}

/** Without `*` first, then by length. */
export function closerFirst(a: string, b: string): number {
  const isOpen = (path: string): number => Number(path.includes('*'));
  return isOpen(a) - isOpen(b) || b.length - a.length || (a < b ? -1 : Number(a > b));
}
