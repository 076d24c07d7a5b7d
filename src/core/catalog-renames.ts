// What manifests say of former names, held against each other: nobody was itself, was somebody who is still there, or was had twice.
import { placeText, type Sentence } from './catalog-clashes.ts';
import type { JoinEntry } from './catalog-file.ts';

export interface RenameFault {
  entry: JoinEntry;
  facts: Sentence;
  /** Who has the former name, where it matters which of the two comes first. */
  rival: JoinEntry | null;
}

/** `named` holds broken manifests too: they keep their names. */
export function renameFaults(
  entries: readonly JoinEntry[],
  named: ReadonlyMap<string, JoinEntry>,
): RenameFault[] {
  const claimed = new Map<string, JoinEntry>();
  return entries.flatMap((entry): RenameFault[] => {
    const from = entry.units[0]?.renamedFrom;
    if (from === undefined) return [];
    const owner = named.get(from);
    if (owner === entry) return [{ entry, facts: itself(entry), rival: null }];
    if (owner !== undefined) return [{ entry, facts: stillThere({ entry, from, owner }), rival: null }];
    const first = claimed.get(from);
    if (first !== undefined) return [{ entry, facts: claimedByTwo({ entry, from, first }), rival: first }];
    claimed.set(from, entry);
    return [];
  });
}

function itself({ name }: JoinEntry): Sentence {
  return {
    reason: 'RenamedFrom',
    message: `\`renamed_from\` names ${name} itself.`,
    hint: 'write the name that it had before, or take the key out',
  };
}

function stillThere({ entry, from, owner }: { entry: JoinEntry; from: string; owner: JoinEntry }): Sentence {
  const before = owner.units[0]?.renamedFrom;
  return {
    reason: 'RenamedFrom',
    message: `${entry.name} cannot have been ${from}: that ${owner.kind} is still there, at ${placeText(owner, entry)}.`,
    hint:
      before === undefined
        ? `take \`renamed_from\` out, or remove the manifest of ${from}`
        : before === entry.name
          ? 'two cannot swap their names in one commit: give one of them a third name first'
          : `take \`renamed_from\` out; or remove the manifest of ${from}, and write \`renamed_from: ${before}\` here`,
  };
}

function claimedByTwo({
  entry,
  from,
  first,
}: {
  entry: JoinEntry;
  from: string;
  first: JoinEntry;
}): Sentence {
  return {
    reason: 'RenamedFrom',
    message: `${from} became ${first.name} (${placeText(first, entry)}); ${entry.name} says the same of itself.`,
    hint: 'take `renamed_from` out of one of the two',
  };
}
