// The command line of scripts/install-real-parts: finds or brings each part that is asked for, and writes where it is.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openArchive } from './apt.ts';
import { debianRelease, findComposePlugin, findLiveEngine, findOnPath } from './machine.ts';
import { asEnvironmentFile, partsDirectory, type RealPartPaths, writePaths } from './paths.ts';
import type { PartRecipe } from './recipe.ts';
import { extraParts, usualParts } from './recipes.ts';
import { readUnpacked, unpackPart } from './unpack.ts';

/** Tools that Debian always has; without them nothing here works, so they are named rather than brought. */
const expectedOnMachine = { git: 'git', flock: 'util-linux', prlimit: 'util-linux' };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    'if-missing': { type: 'boolean', default: false },
    'with-browser': { type: 'boolean', default: false },
    'with-image-base': { type: 'boolean', default: false },
    'with-old-engine': { type: 'boolean', default: false },
    'with-shells': { type: 'boolean', default: false },
    'with-ssh': { type: 'boolean', default: false },
    print: { type: 'string' },
  },
});

const problems: string[] = [];
const found: { programs: Record<string, string>; roots: Record<string, string> } = {
  programs: {},
  roots: {},
};

for (const [tool, packageName] of Object.entries(expectedOnMachine)) {
  if (findOnPath(tool) === undefined) problems.push(`${tool} is missing: install ${packageName}.`);
}
for (const recipe of await wantedParts()) bring(recipe);

const paths: RealPartPaths = writePaths({ bin: join(partsDirectory, 'bin'), ...found });
if (values.print === 'json') process.stdout.write(`${JSON.stringify(paths, null, 2)}\n`);
if (values.print === 'env') process.stdout.write(asEnvironmentFile(paths));
for (const problem of problems) process.stderr.write(`${problem}\n`);
if (problems.length > 0) process.exitCode = 1;

async function wantedParts(): Promise<readonly PartRecipe[]> {
  const known = [...usualParts, ...extraParts];
  const unknown = positionals.filter((name) => !known.some((part) => part.name === name));
  if (unknown.length > 0) {
    problems.push(
      `There is no part called ${unknown.join(', ')}; the parts are ${known.map((part) => part.name).join(', ')}.`,
    );
    return [];
  }
  const byFlag = [
    ...(values['with-ssh'] ? ['ssh'] : []),
    ...(values['with-browser'] ? ['browser'] : []),
    ...(values['with-shells'] ? ['zsh', 'fish'] : []),
    ...(values['with-old-engine'] ? ['old-engine'] : []),
    ...(values['with-image-base'] ? ['image-base'] : []),
  ];
  const named = [...(positionals.length > 0 ? positionals : usualParts.map((part) => part.name)), ...byFlag];
  const wanted = known.filter((part) => named.includes(part.name));
  if (!values['if-missing']) return wanted;
  const live = await findLiveEngine();
  const plugin = findComposePlugin();
  if (plugin !== undefined && named.includes('compose')) found.programs['docker-compose'] = plugin;
  return wanted.filter(
    (part) =>
      !(part.name === 'engine' && live !== undefined) && !(part.name === 'compose' && plugin !== undefined),
  );
}

function bring(recipe: PartRecipe): void {
  const release = findOnPath('apt-get') === undefined ? undefined : debianRelease();
  const there = readUnpacked(recipe, partsDirectory);
  if (there === undefined && release === undefined) {
    useMachines(recipe);
    return;
  }
  const part = there ?? unpack(recipe, release ?? { own: '', newer: '' });
  if (part === undefined) return;
  Object.assign(found.programs, part.programs);
  found.roots[recipe.name] = part.root;
}

function unpack(recipe: PartRecipe, release: { readonly own: string; readonly newer: string }) {
  process.stderr.write(`Bringing ${recipe.name} from Debian's packages …\n`);
  const startedAt = performance.now();
  try {
    const part = unpackPart({
      recipe,
      partsDirectory,
      openArchive: (choice) =>
        openArchive({
          release: release[choice],
          ownRelease: release.own,
          directory: join(partsDirectory, 'archive', release[choice]),
        }),
    });
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    process.stderr.write(`  ${part.packages.join(' ')} (${seconds} s)\n`);
    return part;
  } catch (error) {
    problems.push(
      `${recipe.name} could not be brought. ${error instanceof Error ? error.message : String(error)}`,
    );
    return undefined;
  }
}

/** On another system than Debian the machine's own programs serve; what it lacks is one sentence for each remedy. */
function useMachines(recipe: PartRecipe): void {
  const missing = new Map<string, string[]>();
  for (const program of recipe.programs) {
    const path = program.name === 'docker-compose' ? findComposePlugin() : findOnPath(program.name);
    if (path !== undefined) found.programs[program.name] = path;
    else missing.set(program.hint, [...(missing.get(program.hint) ?? []), program.name]);
  }
  for (const [hint, names] of missing)
    problems.push(`${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} missing: ${hint}`);
}
