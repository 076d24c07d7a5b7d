// Which tests run when: the quick ones first, then those that need a real engine, two files at a time or alone.
import { globSync } from 'node:fs';
import { alone, begunFirst } from './real-files.ts';

export interface Phase {
  readonly title: string;
  readonly files: readonly string[];
  readonly needsEngine: boolean;
  /** How many test files run at once, each beside the others on an engine of its own. */
  readonly atOnce: number;
  /** A limit against hanging, for one test and for one file. */
  readonly timeoutMs: number;
  /** Of another Node than the one that runs the gate; absolute. */
  readonly program?: string;
  /** For that program, before all others. */
  readonly options?: readonly string[];
}

/** The folders below test/ by the phase they belong to; contract suites run on the fake first and on the real thing later. */
const quickFolders = ['arch', 'unit', 'property', 'contract'];
const engineFolders = ['contract', 'integration', 'fault', 'e2e'];

/** Contract tests that need the real thing end in this. */
const realSuffix = '.real.test.ts';

/** The phases of a run. `wishes` are folders below test/ (`unit`), files or globs; none means everything. */
export function phasesFor(wishes: readonly string[]): readonly Phase[] {
  const chosen =
    wishes.length === 0 ? filesOf('test/**/*.test.ts') : [...new Set(wishes.flatMap(filesOfWish))];
  const needsEngine = (file: string) =>
    file.endsWith(realSuffix) || (!isBelow(file, quickFolders) && isBelow(file, engineFolders));
  const stray = chosen.filter((file) => !isBelow(file, [...quickFolders, ...engineFolders]));
  if (stray.length > 0)
    throw new Error(
      `No phase runs ${stray.join(', ')}: put it into one of test/{${[...new Set([...quickFolders, ...engineFolders])].join(',')}}.`,
    );
  const phases: readonly Phase[] = [
    {
      title: 'Without an engine',
      files: chosen.filter((file) => !needsEngine(file)),
      needsEngine: false,
      atOnce: 2,
      timeoutMs: 900_000,
    },
    {
      title: 'On a real engine',
      files: longestFirst(
        inOrderOf(engineFolders, chosen.filter(needsEngine)).filter((file) => !isAlone(file)),
      ),
      needsEngine: true,
      // Most of their time they wait: for health checks, drains, grace periods, reloads.
      atOnce: 2,
      timeoutMs: 900_000,
    },
    {
      title: 'On a real engine, alone',
      files: chosen.filter((file) => needsEngine(file) && isAlone(file)),
      needsEngine: true,
      atOnce: 1,
      timeoutMs: 900_000,
    },
  ];
  return phases.filter((phase) => phase.files.length > 0);
}

/** What needs no engine, once more on another Node: its API differs between versions, the engine's does not. */
export function phaseOn(node: { version: string; program: string }): Phase {
  return {
    title: `On Node ${node.version.replace(/^v/, '')}`,
    files: [...filesOf('test/unit/*.test.ts'), ...filesOf('test/contract/*.test.ts')].filter(
      (file) => !file.endsWith(realSuffix),
    ),
    needsEngine: false,
    atOnce: 2,
    timeoutMs: 600_000,
    program: node.program,
    // Tests say `await using`, which Node has from 24 on; the product does not.
    options: Number.parseInt(node.version.slice(1), 10) < 24 ? ['--import', 'tsx'] : [],
  };
}

function filesOfWish(wish: string): readonly string[] {
  const isFolder = [...quickFolders, ...engineFolders].includes(wish);
  const files = filesOf(isFolder ? `test/${wish}/**/*.test.ts` : wish);
  if (files.length === 0) throw new Error(`"${wish}" names no test.`);
  return files;
}

function filesOf(glob: string): readonly string[] {
  return globSync(glob)
    .filter((file) => file.endsWith('.test.ts'))
    .sort();
}

function isBelow(file: string, folders: readonly string[]): boolean {
  return folders.some((folder) => file.startsWith(`test/${folder}/`));
}

function isAlone(file: string): boolean {
  return alone.includes(file);
}

/** So that at the end no file runs long while the other engine has nothing to do. */
function longestFirst(files: readonly string[]): readonly string[] {
  return [
    ...begunFirst.filter((file) => files.includes(file)),
    ...files.filter((file) => !begunFirst.includes(file)),
  ];
}

function inOrderOf(folders: readonly string[], files: readonly string[]): readonly string[] {
  return folders.flatMap((folder) => files.filter((file) => isBelow(file, [folder])));
}
