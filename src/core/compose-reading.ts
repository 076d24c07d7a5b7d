// Reads one Compose file before Compose does: what it is made of, which paths it names, what is wrong with it.

import type { Problem } from '../model/problem.ts';
import { readComposeText } from './compose-document.ts';
import { type ComposeNode, memberOf, textOf } from './compose-node.ts';
import { joinInside, judgePath } from './compose-path.ts';
import { type ComposeReference, type ComposeReferences, referencesOf } from './compose-references.ts';
import { misshapenPath, pathRefused } from './compose-sentences.ts';
import { type VariableUse, variablesOf } from './compose-variables.ts';
import { lineIndex, type Position } from './documents-lines.ts';
import { problem } from './problem.ts';

export interface ComposeFile {
  /** Path from the source's root. */
  file: string;
  documents: ComposeNode[];
  references: ComposeReferences[];
  variables: VariableUse[];
  /** `name:` at the top, where it is a literal. */
  name: string | null;
  problems: Problem[];
  placeOf(offset: number): Position;
}

/** Never throws. A file with problems must not be given to Compose. */
export function readComposeFile(file: string, text: string): ComposeFile {
  const { documents, faults } = readComposeText(text);
  const lines = lineIndex(text);
  const placeOf = (offset: number) => lines.at(offset);
  const references = documents.map(referencesOf);
  const problems = faults.map(({ offset, ...fault }) => problem({ ...fault, file, ...placeOf(offset) }));
  for (const { misshapen } of references) {
    for (const { at, node } of misshapen) {
      problems.push(problem({ ...misshapenPath(at), file, path: at, ...placeOf(node.offset) }));
    }
  }
  const name = documents
    .map((document) => textOf(memberOf(document, 'name')))
    .findLast((text) => text !== null);
  return {
    file,
    documents,
    references,
    variables: variablesOf(documents),
    name: name ?? null,
    problems,
    placeOf,
  };
}

/** A reference with its path judged: from the source's root, or the problem that it is. */
export type JudgedReference =
  | { reference: ComposeReference; path: string; problem: null }
  | { reference: ComposeReference; path: null; problem: Problem };

/** `base` is the folder that Compose would take the path from, as a path from the source's root. */
export function judgeReference(
  from: ComposeFile,
  reference: ComposeReference,
  base: string,
): JudgedReference {
  const written = reference.node.text.slice(reference.prefix.length);
  const folder = reference.within === undefined ? base : joinInside(base, reference.within);
  // The context itself is refused then, with its own words.
  const judged = judgePath(written, folder ?? base);
  if (judged.ok) return { reference, path: judged.path, problem: null };
  const words = pathRefused({ at: reference.at, use: reference.use, written, why: judged.why });
  return { reference, path: null, problem: placed(from, reference, words) };
}

/** A problem at the place of a reference. */
export function placed(
  from: Pick<ComposeFile, 'file' | 'placeOf'>,
  reference: ComposeReference,
  words: { reason: string; message: string; hint: string | null },
): Problem {
  return problem({ ...words, file: from.file, path: reference.at, ...from.placeOf(reference.node.offset) });
}
