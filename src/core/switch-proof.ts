// What the requests through the proxy during a switch say, in numbers and in words.
import type { SwitchProof } from '../model/record.ts';

/** One request of ours: when it was answered, in milliseconds, and whether it was answered well. */
export interface ProofLook {
  atMs: number;
  ok: boolean;
}

/** The worst gap is the longest time from one good answer to the next, from the first look to the last. */
export function proofOf(looks: readonly ProofLook[], { fromMs }: { fromMs: number }): SwitchProof | null {
  if (looks.length === 0) return null;
  let lastGoodMs = fromMs;
  let worstGapMs = 0;
  for (const { atMs, ok } of looks) {
    if (!ok) continue;
    worstGapMs = Math.max(worstGapMs, atMs - lastGoodMs);
    lastGoodMs = atMs;
  }
  const endMs = looks.at(-1)?.atMs ?? fromMs;
  return {
    requests: looks.length,
    failed: looks.filter(({ ok }) => !ok).length,
    worstGapMs: Math.round(Math.max(worstGapMs, endMs - lastGoodMs)),
  };
}

/** `1,842 requests, 0 failed, worst gap 41 ms`. */
export function proofWords({ requests, failed, worstGapMs }: SwitchProof): string {
  return `${thousands(requests)} ${requests === 1 ? 'request' : 'requests'}, ${thousands(failed)} failed, worst gap ${thousands(worstGapMs)} ms`;
}

/** The part of it that people ask for first: `0 requests failed`. */
export function failedWords({ failed }: Pick<SwitchProof, 'failed'>): string {
  return `${thousands(failed)} ${failed === 1 ? 'request' : 'requests'} failed`;
}

function thousands(number: number): string {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ',');
}
