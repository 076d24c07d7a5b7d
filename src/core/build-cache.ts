// What the volume is called that keeps a folder of a site's build: another one for each folder of each site.
import { shortHash } from './canonical.ts';

/**
 * By its words alone, two folders could have one volume (`a/b` and `a-b`), and so could two sites (`cache-b` of `docs`,
 * `b` of `docs-cache`). So of all that read alike one has the short name, whatever else is kept: who is here, or else
 * who is written as it reads (`vendor`). The others carry a hash, after a sign that no short name has.
 */
const SHORT: Readonly<Record<string, string>> = {
  cache: '.cache',
  'jekyll-cache': '.jekyll-cache',
  'next-cache': '.next/cache',
  'node-modules': 'node_modules',
  'node-modules-astro': 'node_modules/.astro',
  'node-modules-cache': 'node_modules/.cache',
  'node-modules-vite': 'node_modules/.vite',
  npm: '.npm',
  'npm-cache': '.npm/_cacache',
  'parcel-cache': '.parcel-cache',
  'pip-cache': '.pip-cache',
  'pnpm-store': '.pnpm-store',
  'resources-gen': 'resources/_gen',
  venv: '.venv',
  'vendor-bundle': 'vendor/bundle',
  yarn: '.yarn',
  'yarn-cache': '.yarn/cache',
};
const LONGEST_WORDS = 60;

/** One for each folder: one that is written twice is one, for an engine refuses two volumes at one place. */
export function cacheVolumes(site: string, paths: readonly string[]): { volume: string; path: string }[] {
  return [...new Set(paths)].map((path) => ({ volume: cacheVolume(site, path), path }));
}

/** `site` is a name that Docker takes; `path` any folder below the content. */
export function cacheVolume(site: string, path: string): string {
  const words = path.replaceAll(/[^A-Za-z0-9]+/g, '-').replaceAll(/^-|-$/g, '');
  const owner = Object.hasOwn(SHORT, words) ? SHORT[words] : words;
  // After `cache-` the rest could be the folder of a site whose name goes on so far.
  const isPlain = path === owner && words.length <= LONGEST_WORDS && !/(?:^|-)cache-/.test(words);
  const short = `${site}-cache-${words.slice(0, LONGEST_WORDS)}`;
  return isPlain ? short : `${short}_${shortHash({ site, path })}`;
}
