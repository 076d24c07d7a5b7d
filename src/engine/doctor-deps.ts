// What the checks of `doctor` look at, and how they say what they found.
import type { OwnMount } from '../core/host-path.ts';
import { isFault } from '../model/errors.ts';
import type { Machine } from '../ports/machine.ts';
import type { Check } from '../ports/session.ts';
import type { EngineDeps } from './deps.ts';

export interface DoctorDeps
  extends Pick<
    EngineDeps,
    'config' | 'runtimes' | 'compose' | 'sources' | 'secrets' | 'control' | 'clock' | 'proxy' | 'prober'
  > {
  machine: Machine;
  /** How probes reach containers of an engine, and why, by its name; without those that are away. */
  reaches: ReadonlyMap<string, { reach: 'network' | 'published'; why: string; hint: string | null }>;
  /** What our own container has of the engine's machine; null where we run outside of any. */
  ownMounts(): readonly OwnMount[] | null;
  /** Looks at that anew. */
  findReaches(): Promise<void>;
}

export type DoctorCheck = (deps: DoctorDeps, signal: AbortSignal) => Promise<Check[]>;

export function fine(subject: string, text: string): Check {
  return { status: 'fine', subject, text, hint: null };
}

export function off(subject: string, text: string): Check {
  return { status: 'off', subject, text, hint: null };
}

export function warning(subject: string, text: string, hint: string): Check {
  return { status: 'warning', subject, text, hint };
}

export function problem(subject: string, text: string, hint: string | null): Check {
  return { status: 'problem', subject, text, hint };
}

/** A fault says itself what helps. */
export function problemOf(subject: string, error: unknown): Check {
  const words = error instanceof Error ? error.message : String(error);
  return problem(subject, words, isFault(error) ? error.hint : null);
}
