// One row of the table: two things measured in turns, the median of each, and whether their ratio is within the target.

export interface Row {
  readonly name: string;
  /** In `unit`; a median. */
  readonly ours: number;
  readonly baseline: number;
  readonly unit: 's' | 'ms' | 'MB';
  /** Ours over baseline. */
  readonly ratio: number;
  /** The most that `ratio` may be. */
  readonly target: number;
  /** True where `target` is the most that `ours` may be, whatever the baseline is. */
  readonly isAbsolute?: boolean;
  readonly holds: boolean;
}

/** A benchmark: makes what it needs, measures, checks that the results are right, and takes everything away. */
export interface Bench {
  /** What it is called on the command line. */
  readonly name: string;
  /** Throws when a result is wrong; a target that is missed is no error. */
  measure(lab: Lab): Promise<readonly Row[]>;
}

/** Where a benchmark works. */
export interface Lab {
  readonly socketPath: string;
  /** The Compose plugin's own program. */
  readonly compose: string;
  /** A folder of its own, empty at the start. */
  readonly directory: string;
  /** Runs of each side. */
  readonly runs: number;
  /** One line about what is measured now. */
  say(line: string): void;
}

export interface Turns {
  /** Each side answers with what it has measured. */
  readonly ours: () => Promise<number>;
  readonly baseline: () => Promise<number>;
  readonly runs: number;
  say(line: string): void;
}

/** Ours, baseline, ours, baseline, …: whatever else the machine does falls on both. */
export async function inTurns({ ours, baseline, runs, say }: Turns) {
  const measured: { readonly ours: number[]; readonly baseline: number[] } = { ours: [], baseline: [] };
  for (let run = 1; run <= runs; run++) {
    measured.ours.push(await ours());
    measured.baseline.push(await baseline());
    say(
      `  run ${run} of ${runs}: ours ${short(measured.ours.at(-1))}, baseline ${short(measured.baseline.at(-1))}`,
    );
  }
  return { ours: median(measured.ours), baseline: median(measured.baseline) };
}

export function rowOf(
  facts: Pick<Row, 'name' | 'ours' | 'baseline' | 'unit' | 'target' | 'isAbsolute'>,
): Row {
  const ratio = facts.ours / facts.baseline;
  const holds = (facts.isAbsolute === true ? facts.ours : ratio) <= facts.target;
  const { name, ours, baseline, unit, target } = facts;
  return {
    name,
    ours: rounded(ours),
    baseline: rounded(baseline),
    unit,
    ratio: rounded(ratio),
    target: rounded(target),
    ...(facts.isAbsolute === true ? { isAbsolute: true } : {}),
    holds,
  };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** How long the work took, in milliseconds. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}

function short(value: number | undefined): string {
  return value === undefined ? '?' : String(Number(value.toPrecision(3)));
}
