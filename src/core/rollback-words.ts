// What a rollback says: what runs, what is held, what lifts it; what goes back and what does not.
import type { SwitchProof } from '../model/record.ts';
import type { RollbackAnswer } from '../model/revision.ts';
import type { UnitStatus } from '../model/status.ts';
import type { WorkloadKind } from '../model/unit.ts';
import { ROLLED_BACK_BY_HAND } from './fold-status.ts';
import { failedWords } from './switch-proof.ts';
import { duration } from './time-words.ts';
import { shortVersion } from './words-names.ts';

export function isHeldByHand({ outcome, reason }: Pick<UnitStatus, 'outcome' | 'reason'>): boolean {
  return outcome === 'held' && reason === ROLLED_BACK_BY_HAND;
}

/** The one sentence at the end. `proof` is null where nothing was asked through a proxy while it switched. */
export function rollbackSentence(
  done: RollbackAnswer,
  { tookMs, proof }: { tookMs: number; proof: SwitchProof | null },
): string {
  const { unit, to, wanted } = done;
  const name = unit.split('/')[0];
  const held = to === wanted ? 'What its manifest asks for' : shortVersion(wanted);
  return `${unit} runs ${shortVersion(to)} again (${[duration(tookMs), ...(proof === null ? [] : [failedWords(proof)])].join(', ')}). ${held} is held until ${name} changes; \`tinyforge resume ${unit}\` lifts it.`;
}

/** What a version is made of, and what it only uses. A stack's files hold what was put into them, secrets too. */
export function goesBack(kind: WorkloadKind): { goes: string[]; stays: string[] } {
  if (kind === 'stack')
    return { goes: ['images', 'files', 'variables and secrets of its files'], stays: ['data'] };
  if (kind === 'site') return { goes: ['files', 'configuration'], stays: [] };
  return { goes: ['image', 'environment', 'configuration'], stays: ['secrets', 'data'] };
}
