// Reads an edited text again and holds it against what it must say.
import { isSame } from './changes.ts';
import { openText } from './open-text.ts';

/** The first document whose value is not the wanted one; null where all are as wanted, 0 where the text is not readable. */
export function firstOther(text: string, wanted: readonly unknown[]): number | null {
  const after = openText(text);
  if ('refusal' in after || after.opened.documents.length !== wanted.length) return 0;
  const other = after.opened.documents.findIndex(({ text: document }, index) => {
    const { value, faults } = document.read();
    return faults.some(({ reason }) => reason === 'DuplicateKey') || !isSame(value, wanted[index]);
  });
  return other < 0 ? null : other;
}
