// Names below the domain of the settings: written out, or made from a pattern such as `stage-{stage}-{project}`.
import { type Parsed, right, wrong } from './compose-values.ts';
import { didYouMean } from './did-you-mean.ts';

const PLACEHOLDERS = ['stage', 'project', 'name', 'domain'];
const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const MAX_DOMAIN = 253;

/** Who a name is made for. */
export interface Named {
  /** The manifest's name. */
  project: string;
  /** '' where there are no stages: then it takes one hyphen or dot beside it along. */
  stage: string;
  /** `shop-prod`; a service of a stack goes by its own name. */
  name: string;
}

/** A pattern as it is kept: without `.{domain}`, which every name ends with. */
export function readPattern(written: string): Parsed<string> {
  const [, unknown = null] = /\{((?!(?:stage|project|name|domain)\})[^{}]*)\}/.exec(written) ?? [];
  if (unknown !== null) {
    const message = `Nothing is called {${unknown.slice(0, 30)}} here.${didYouMean(unknown, PLACEHOLDERS)}`;
    return wrong('UnknownPlaceholder', message, 'placeholders: {stage}, {project}, {name}, {domain}');
  }
  const pattern = written.toLowerCase().replace(/\.\{domain\}$/, '');
  if (pattern.includes('{domain}')) {
    const message = 'A name is below the domain, so {domain} stands at its end, after a dot.';
    return wrong('BadFormat', message, 'for example `{stage}-{project}.{domain}`');
  }
  const sample = pattern.replaceAll(/\{[a-z]+\}/g, 'x');
  if (sample.split('.').every((part) => LABEL.test(part))) return right(pattern);
  return wrong(
    'BadFormat',
    'A subdomain is made of letters, digits, hyphens, dots and placeholders.',
    'for example `shop` or `{stage}-{project}`',
  );
}

/** The whole name. Its parts can be too long together, whatever each of them is. */
export function subdomainName(
  pattern: string,
  { domain, named }: { domain: string; named: Named },
): Parsed<string> {
  const filled = (named.stage === '' ? withoutStage(pattern) : pattern)
    .replaceAll('{stage}', named.stage)
    .replaceAll('{project}', named.project)
    .replaceAll('{name}', named.name)
    .toLowerCase();
  const name = `${filled}.${domain}`;
  const isName = name.length <= MAX_DOMAIN && filled.split('.').every((part) => LABEL.test(part));
  if (isName) return right(name);
  return wrong(
    'BadFormat',
    `This makes ${filled.slice(0, 80)}, and no domain can be called that.`,
    'a part between two dots has 63 letters, digits and hyphens at most',
  );
}

function withoutStage(pattern: string): string {
  return pattern.replaceAll(/\{stage\}[-.]|[-.]\{stage\}|\{stage\}/g, '');
}
