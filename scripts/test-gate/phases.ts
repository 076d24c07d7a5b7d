// Which tests run when: the quick ones first, then those that need a real engine, one file after another.
import { globSync } from 'node:fs';

export interface Phase {
  readonly title: string;
  readonly files: readonly string[];
  readonly needsEngine: boolean;
  /** How many test files run at once; those that share the engine's time do not. */
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
      timeoutMs: 300_000,
    },
    {
      title: 'On a real engine',
      files: inOrderOf(engineFolders, chosen.filter(needsEngine)),
      needsEngine: true,
      atOnce: 1,
      timeoutMs: 600_000,
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
    timeoutMs: 120_000,
    program: node.program,
    // Tests say `await using`, which Node has from 24 on; the product does not,.
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

function inOrderOf(folders: readonly string[], files: readonly string[]): readonly string[] {
  return folders.flatMap((folder) => files.filter((file) => isBelow(file, [folder])));
}
