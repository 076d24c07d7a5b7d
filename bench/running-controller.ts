// A running controller that is measured by its own histogram of passes, and frozen while the other side is measured.
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../scripts/demo-story/port.ts';
import type { Lab } from './row.ts';
import { environmentOf, program } from './run.ts';

export interface RunningController {
  /** Of its API. */
  readonly url: string;
  /** The mean duration of so many passes that begin from now on. Throws when one failed or carried out an action. */
  meanPassMs(passes: number): Promise<number>;
  /**
   * The duration of the pass that a change makes. Throws when it failed, carried out an action, or was not the only one:
   * give it a controller whose other passes are some seconds apart.
   */
  passMsAfter(change: () => void): Promise<number>;
  /** Resolves when no pass was made for half a second: what was brought about before is over. */
  rest(): Promise<void>;
  /** Stops the process (SIGSTOP) while the work is done. */
  frozenDuring<T>(work: () => Promise<T>): Promise<T>;
  /** The most memory that it has held so far, in megabytes of a million bytes. */
  peakMb(): number;
  stop(): Promise<void>;
}

interface Counts {
  readonly passes: number;
  readonly seconds: number;
  readonly failed: number;
  readonly actions: number;
}

const hangMs = 120_000;
/** As a Prometheus in a hurry; oftener, the scrapes would be what is measured. */
const scrapeEveryMs = 1_000;

/** Starts `tinyforge run` and waits until it is ready and has nothing to do: until so many passes have ended. */
export async function startController(
  lab: Lab,
  configuration: string,
  { environment = {}, passes = 3 }: { environment?: NodeJS.ProcessEnv; passes?: number } = {},
): Promise<RunningController> {
  const port = await freePort(0);
  // The command itself, as it is installed: its first line is a part of it.
  const child = spawn(program, ['run', '--file', configuration], {
    cwd: lab.directory,
    env: {
      ...environmentOf(lab),
      TINYFORGE_LISTEN: `127.0.0.1:${port}`,
      TINYFORGE_LOG_LEVEL: 'warn',
      ...environment,
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async () => {
    child.kill('SIGCONT');
    child.kill('SIGTERM');
    await ended;
  };
  const counts = async () => readCounts(await text(`http://127.0.0.1:${port}/metrics`));

  /** The counts when the passes have gone beyond `beyond`. */
  async function after(beyond: number): Promise<Counts> {
    const deadline = performance.now() + hangMs;
    for (;;) {
      const now = await counts().catch(() => undefined);
      if (now !== undefined && now.passes > beyond) return now;
      if (child.exitCode !== null) throw new Error(`The controller ended with ${child.exitCode}.`);
      if (performance.now() > deadline) throw new Error(`No pass ended within ${hangMs / 1000} s.`);
      await delay(scrapeEveryMs);
    }
  }

  try {
    // The first pass may still write what a start writes; from the third on there is nothing new.
    await after(passes - 1);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url: `http://127.0.0.1:${port}`,
    async meanPassMs(passes) {
      // The pass that is under way may have begun before a freeze.
      const from = await after((await counts()).passes + 1);
      return calmMeanMs(from, await after(from.passes + passes - 1));
    },
    async passMsAfter(change) {
      // One has just ended, so that the next one is a while away.
      const from = await after((await counts()).passes);
      change();
      const to = await after(from.passes);
      if (to.passes > from.passes + 1) throw new Error(`The change made ${to.passes - from.passes} passes.`);
      return calmMeanMs(from, to);
    },
    async rest() {
      for (let before = -1, now = await counts(); now.passes > before; now = await counts()) {
        before = now.passes;
        await delay(500);
      }
    },
    async frozenDuring(work) {
      child.kill('SIGSTOP');
      try {
        return await work();
      } finally {
        child.kill('SIGCONT');
      }
    },
    peakMb: () => peakMb(child),
    stop,
  };
}

function calmMeanMs(from: Counts, to: Counts): number {
  if (to.failed > 0 || to.actions > from.actions)
    throw new Error(`${to.failed} passes failed, ${to.actions - from.actions} actions were carried out.`);
  return ((to.seconds - from.seconds) * 1000) / (to.passes - from.passes);
}

/** VmHWM of a living child. */
export function peakMb({ pid }: ChildProcess): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return (Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024) / 1e6;
}

async function text(address: string): Promise<string> {
  return (await fetch(address, { signal: AbortSignal.timeout(10_000) })).text();
}

function readCounts(metrics: string): Counts {
  const sum = (pattern: RegExp) =>
    [...metrics.matchAll(pattern)].reduce((total, [, value]) => total + Number(value), 0);
  return {
    passes: sum(/^tinyforge_reconcile_duration_seconds_count(?:\{.*\})? (\S+)$/gm),
    seconds: sum(/^tinyforge_reconcile_duration_seconds_sum(?:\{.*\})? (\S+)$/gm),
    failed: sum(/^tinyforge_reconcile_passes_total\{.*result="error".*\} (\S+)$/gm),
    actions: sum(/^tinyforge_actions_total\{.*\} (\S+)$/gm),
  };
}
