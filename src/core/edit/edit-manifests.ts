// Edits manifests in the text of a file, as a careful person would: comments, order, quotes and other documents stay.
import type { Path, TextDocument } from '../documents.ts';
import { changeText } from './change-text.ts';
import { type Change, changesBetween } from './changes.ts';
import { byHand, type EditRefusal, type EditResult, edited, refuseEdit, splice } from './edit-result.ts';
import { type OpenText, openText } from './open-text.ts';
import { firstOther } from './proof.ts';
import { collectionLines } from './render-value.ts';
import { nextLine } from './slot.ts';

export type { EditRefusal, EditResult } from './edit-result.ts';

export interface ManifestId {
  kind: string;
  name: string;
}

/** As JSON: `kind` and `name` first, the rest in the order in which it shall stand. */
export type ManifestValue = Readonly<Record<string, unknown>> & ManifestId;

/** Adds a manifest behind all others. `text` is null for a file that is not there yet. Taking it out again gives the old text, where that ended with a line end. */
export function addManifest(text: string | null, value: ManifestValue): EditResult {
  const opening = openText(text ?? '');
  if ('refusal' in opening) return refuseEdit(opening.refusal);
  const { opened } = opening;
  if (indexOf(opened, value) !== null) {
    return refuseEdit(byHand('ManifestExists', `The file has a ${value.kind} named ${value.name} already.`));
  }
  if (opened.isJson) {
    return refuseEdit(
      byHand('JsonHoldsOne', 'The file is JSON, which holds one document and no second one.'),
    );
  }
  const lines = collectionLines(value, '').join(opened.eol);
  const before = opened.text === '' || opened.text.endsWith('\n') ? opened.text : opened.text + opened.eol;
  const isFirst = opened.documents.length === 0;
  const changed = `${before}${isFirst ? '' : `---${opened.eol}`}${lines}${opened.eol}`;
  const isProven = firstOther(changed, [...valuesOf(opened), value]) === null;
  return isProven
    ? edited(changed)
    : refuseEdit(byHand('EditUnclear', 'Nothing can be added to this file safely.'));
}

/** Brings a manifest to a new value by the fewest changes; `text` unchanged where it has it already. */
export function changeManifest(text: string, id: ManifestId, value: ManifestValue): EditResult {
  return onManifest(text, id, (document) => changesBetween(document.read().value, value));
}

/** Sets one path of a manifest. Maps that are missing on the way are made. */
export function setInManifest(
  text: string,
  id: ManifestId,
  { path, value }: { path: Path; value: unknown },
): EditResult {
  return onManifest(text, id, (document) => {
    const old = valueAt(document.read().value, path);
    return old === undefined ? [{ type: 'put', path, value }] : changesBetween(old, value, path);
  });
}

/** Takes one path out of a manifest; no error where it is not there. */
export function deleteInManifest(text: string, id: ManifestId, path: Path): EditResult {
  return onManifest(text, id, (document) =>
    valueAt(document.read().value, path) === undefined ? [] : [{ type: 'take', path }],
  );
}

/** Takes a manifest out of its file, with its own comments. What is left may be nothing but comments, or empty. */
export function removeManifest(text: string, id: ManifestId): EditResult {
  const found = find(text, id);
  if ('refusal' in found) return refuseEdit(found.refusal);
  const { opened, index } = found;
  if (opened.hasDirectives) {
    return refuseEdit(
      byHand('EditUnclear', 'The file has directives (%YAML), so no document is taken out of it.'),
    );
  }
  const start = startOf(opened, index);
  const end = opened.documents[index + 1]?.mark ?? opened.text.length;
  const changed = splice(opened.text, [{ start, end, put: '' }]);
  const isProven = firstOther(changed, valuesOf(opened).toSpliced(index, 1)) === null;
  return isProven
    ? edited(changed)
    : refuseEdit(byHand('EditUnclear', 'This document cannot be taken out safely.'));
}

/** True where nothing but comments is left, so that the file itself can go. */
export function holdsNothing(text: string): boolean {
  return /^(?:\s*(?:#[^\n]*)?(?:\n|$))*$/.test(text.replace(/^\uFEFF/, ''));
}

function onManifest(text: string, id: ManifestId, changes: (document: TextDocument) => Change[]): EditResult {
  const found = find(text, id);
  if ('refusal' in found) return refuseEdit(found.refusal);
  const { opened, index } = found;
  const document = opened.documents[index]?.text;
  const fault = document?.read().faults[0];
  if (document === undefined || fault !== undefined) {
    const why = fault === undefined ? 'it cannot be found' : `line ${fault.line}: ${fault.message}`;
    return refuseEdit(
      byHand('FileBroken', `${id.kind} ${id.name} is not edited while it has a mistake (${why})`),
    );
  }
  let result = edited(text);
  for (const change of changes(document)) {
    if (!result.ok) return result;
    result = changeText(result.text, { index, change });
  }
  return result;
}

function find(text: string, id: ManifestId): { opened: OpenText; index: number } | { refusal: EditRefusal } {
  const opening = openText(text);
  if ('refusal' in opening) return opening;
  const index = indexOf(opening.opened, id);
  if (index === null) {
    return { refusal: byHand('ManifestMissing', `The file has no ${id.kind} named ${id.name} any more.`) };
  }
  if (index === 'twice') {
    return {
      refusal: byHand(
        'ManifestTwice',
        `The file has two of ${id.kind} ${id.name}, so it is not clear which is meant.`,
      ),
    };
  }
  return { opened: opening.opened, index };
}

function valuesOf({ documents }: OpenText): unknown[] {
  return documents.map(({ text }) => text.read().value);
}

function indexOf({ documents }: OpenText, { kind, name }: ManifestId): number | 'twice' | null {
  const found = documents.flatMap(({ text }, index) =>
    text.isMap && text.top('kind') === kind && text.top('name') === name ? [index] : [],
  );
  return found.length > 1 ? 'twice' : (found[0] ?? null);
}

/** A first document without `---` begins at the comments that stand right above it; what is for the whole file stays. */
function startOf({ text, documents }: OpenText, index: number): number {
  const mark = documents[index]?.mark ?? null;
  if (mark !== null) return mark;
  let start = 0;
  for (let at = 0; at < text.length; at = nextLine(text, at)) {
    const line = text
      .slice(at, nextLine(text, at))
      .replace(/^\uFEFF/, '')
      .trim();
    if (line !== '' && !line.startsWith('#')) break;
    if (line === '' || line.startsWith('# yaml-language-server:')) start = nextLine(text, at);
  }
  return text.startsWith('\uFEFF') ? Math.max(1, start) : start;
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, step) =>
      typeof inner === 'object' && inner !== null && Object.hasOwn(inner, step)
        ? (inner as Record<string | number, unknown>)[step]
        : undefined,
    value,
  );
}
