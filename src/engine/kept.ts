// Says which versions are spent and which images go, from what is written down and what runs; writes it down.
import { judgeKept, type KeptFacts, type KeptVerdict } from '../core/kept-images.ts';
import type { EngineDeps } from './deps.ts';
import type { Observation } from './observe.ts';
import type { LoopState } from './state.ts';

export async function lookAtKept(
  { control, config, stacks }: EngineDeps,
  { memory, ejected }: Pick<LoopState, 'memory' | 'ejected'>,
  {
    observations,
    ...units
  }: { observations: ReadonlyMap<string, Observation> } & Pick<KeptFacts, 'isAtRest' | 'isWished'>,
): Promise<KeptVerdict> {
  const revisions = control.allRevisions();
  const standing = new Map<string, string>();
  for (const { unit } of revisions) {
    const stands = control.hold(unit) ?? control.lastApplied(unit);
    if (stands !== null) standing.set(unit, stands.specHash);
  }
  return judgeKept({
    revisions,
    standing,
    isEjected: ejected.has,
    containers: new Map(
      [...observations.values()]
        .filter(({ reachable }) => reachable)
        .map(({ host, containers }) => [host, containers]),
    ),
    tried: memory.triedImages,
    keep: config.keep,
    built: await stacks.built.all(),
    ...units,
  });
}

/** A spent version stays written down until its images are gone: only what a revision names may be removed. */
export async function settleKept(
  { control, stacks }: Pick<EngineDeps, 'control' | 'stacks'>,
  { spend, drop, forget }: KeptVerdict,
): Promise<void> {
  if (forget.length > 0) await stacks.built.drop(forget);
  for (const { unit, number } of spend) {
    const whole = control.revision(unit, number);
    if (whole === null) control.dropRevision(unit, number);
    else control.saveRevision({ ...whole, spent: true });
  }
  for (const { unit, number } of drop) control.dropRevision(unit, number);
  for (const unit of new Set([...spend, ...drop].map((entry) => entry.unit))) {
    const applied = control.lastApplied(unit);
    if (applied?.desired.kind !== 'stack') continue;
    const hashes = control.revisions(unit).map((entry) => entry.specHash);
    const held = control.hold(unit);
    await stacks.keepGood(unit, [...hashes, applied.specHash, ...(held === null ? [] : [held.specHash])]);
  }
}
