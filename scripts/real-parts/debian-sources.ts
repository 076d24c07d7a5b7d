// Makes the sources list of one Debian release out of the machine's own, so that its mirrors and keys are kept.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The machine's Debian sources with its release's name replaced, in apt's stanza format.
 * Only Debian's own archives are kept (a suite named after the release, with the component `main`): another vendor's
 * archive may not have that release, and one that answers 404 would fail the whole update.
 */
export function debianSources(options: {
  readonly release: string;
  readonly ownRelease: string;
  readonly aptDirectory?: string;
}): string {
  const { release, ownRelease, aptDirectory = '/etc/apt' } = options;
  const files = [join(aptDirectory, 'sources.list'), ...listed(join(aptDirectory, 'sources.list.d'))];
  const stanzas = files
    .filter((file) => existsSync(file))
    .flatMap((file) => {
      const text = readFileSync(file, 'utf8');
      return file.endsWith('.sources') ? stanzasOf(text) : oneLineSources(text);
    })
    .filter((stanza) => isDebianArchive(stanza, ownRelease));
  if (stanzas.length === 0) throw new Error(`No Debian ${ownRelease} archive is named in ${aptDirectory}.`);
  const suites = /^(Suites:.*)$/gim;
  return `${stanzas
    .map((stanza) => stanza.replace(suites, (line) => line.replaceAll(ownRelease, release)))
    .join('\n\n')}\n`;
}

function listed(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => name.endsWith('.sources') || name.endsWith('.list'));
  return names.sort().map((name) => join(folder, name));
}

function stanzasOf(text: string): readonly string[] {
  const withoutComments = text.replace(/^#.*\n?/gm, '');
  return withoutComments
    .split(/\n[ \t]*\n/)
    .map((stanza) => stanza.trim())
    .filter((stanza) => stanza !== '');
}

/** `deb [signed-by=KEY] URI SUITE COMPONENT…` as a stanza. */
function oneLineSources(text: string): readonly string[] {
  return [...text.matchAll(/^deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s+([^#\n]+)/gm)].map((match) => {
    const [, options = '', uri, suite, components = ''] = match;
    const key = /signed-by=(\S+)/i.exec(options)?.[1];
    const lines = ['Types: deb', `URIs: ${uri}`, `Suites: ${suite}`, `Components: ${components.trim()}`];
    return [...lines, ...(key === undefined ? [] : [`Signed-By: ${key}`])].join('\n');
  });
}

function isDebianArchive(stanza: string, ownRelease: string): boolean {
  const field = (name: string) =>
    new RegExp(`^${name}:\\s*(.*)$`, 'im').exec(stanza)?.[1]?.split(/\s+/) ?? [];
  const known = [ownRelease, `${ownRelease}-updates`, `${ownRelease}-security`];
  return (
    field('Types').includes('deb') &&
    field('Components').includes('main') &&
    field('Suites').some((suite) => known.includes(suite)) &&
    !/^Enabled:\s*no/im.test(stanza)
  );
}
