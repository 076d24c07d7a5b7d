// Turns the text of a file into documents that know where everything in them was written. Never throws.
import { Composer, type Document, isMap, isScalar, Lexer, type ParsedNode, Parser } from 'yaml';
import { type AliasTargets, aliasTargets } from './documents-aliases.ts';
import { MAX_DEPTH } from './documents-faults.ts';
import { lineIndex, type Position } from './documents-lines.ts';
import { follow, keyText, locate, nodeAt, type Part, type Rooted } from './documents-locate.ts';
import { CONTROL_CHARACTER, GAVE_UP, NO_TEXT, type Stop, TOO_DEEP, TOO_LARGE } from './documents-stops.ts';
import { explainSyntax } from './documents-syntax.ts';
import { SCHEMA } from './documents-tags.ts';
import { toPlain } from './documents-value.ts';

/** Characters of one file. Adapters refuse larger files by their bytes before reading them. */
export const MAX_CHARACTERS = 1024 * 1024;
/** Words, marks and breaks of one file: what a parser's time depends on. */
const MAX_LEXEMES = 250_000;
const MAX_DOCUMENTS = 1_000;

/** A path in a document: keys and, in lists, numbers from 0. */
export type Path = readonly (string | number)[];

/** Something in the text itself that keeps it from being read. */
export interface TextFault extends Position {
  reason: string;
  message: string;
  hint: string | null;
  path: Path;
}

export interface TextDocument {
  /** Is the top a map? */
  isMap: boolean;
  /** The keys at the top, as written. */
  keys(): string[];
  /** A single value at the top, without reading the rest; undefined where the key is absent, null for maps and lists. */
  top(key: string): string | number | boolean | null | undefined;
  /** Plain values, anchors and merges put in, bounded. Faulty parts are left out. */
  read(): { value: unknown; faults: TextFault[] };
  /** Where the key or the value at a path was written; where it is not there, the nearest ancestor that is. */
  positionOf(path: Path, part: Part): Position;
  /** As `positionOf`, but at the first occurrence of a text in the value. */
  positionOfText(path: Path, text: string): Position;
  /** A single value as it was written, quotes and all; null for maps, lists and what is absent. */
  sourceOf(path: Path): string | null;
}

export interface TextFile {
  documents: TextDocument[];
  /** Any of these makes the whole file unreadable: what stands after it may belong to anything. */
  faults: TextFault[];
}

/** Reads YAML 1.2 or JSON, any number of documents. */
export function readDocuments(text: string): TextFile {
  const lines = lineIndex(text);
  const unreadable = ({ offset, ...words }: Stop): TextFile => ({
    documents: [],
    faults: [{ ...words, ...lines.at(offset), path: [] }],
  });
  if (text.length > MAX_CHARACTERS) return unreadable({ offset: 0, ...TOO_LARGE });
  const control = CONTROL_CHARACTER.exec(text);
  if (control !== null) return unreadable({ offset: control.index, ...NO_TEXT });
  try {
    const composed = compose(text);
    if ('offset' in composed) return unreadable(composed);
    const errors = composed.documents.flatMap((document) => document.errors.slice(0, 1));
    return {
      documents: composed.documents.map((document) => textDocument(document, { text, at: lines.at })),
      faults: errors.map((error) => {
        const { offset, ...words } = explainSyntax(error, text);
        return { ...words, ...lines.at(offset), path: [] };
      }),
    };
  } catch {
    // A parser that gives up on hostile text must not take the pass with it.
    return unreadable({ offset: 0, ...GAVE_UP });
  }
}

type Composed = Document.Parsed<ParsedNode>;

/** Lexer, parser and composer by hand, so that hostile text is stopped half-way and not after its end. */
function compose(text: string): { documents: Composed[] } | Stop {
  const parser = new Parser();
  const composer = new Composer({
    version: '1.2',
    schema: SCHEMA,
    uniqueKeys: false,
    logLevel: 'silent',
    prettyErrors: false,
  });
  const documents: Composed[] = [];
  let lexemes = 0;
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) documents.push(...(composer.next(token) as Iterable<Composed>));
    // Two levels are the parser's own: the document, and the scalar that is being read.
    if (parser.stack.length > MAX_DEPTH + 2) return { offset: Math.max(0, parser.offset - 1), ...TOO_DEEP };
    if (++lexemes > MAX_LEXEMES || documents.length > MAX_DOCUMENTS)
      return { offset: parser.offset, ...TOO_LARGE };
  }
  for (const token of parser.end()) documents.push(...(composer.next(token) as Iterable<Composed>));
  documents.push(...(composer.end() as Iterable<Composed>));
  return { documents };
}

const NO_ALIASES: AliasTargets = new Map();

function textDocument(
  document: Composed,
  file: { text: string; at: (offset: number) => Position },
): TextDocument {
  let rooted: Rooted | null = null;
  const targets = (): AliasTargets => resolved().targets;
  const resolved = (): Rooted => {
    // Most files have no alias, and need no walk that looks for them.
    const hasAliases = file.text.includes('*');
    rooted ??= { root: document.contents, targets: hasAliases ? aliasTargets(document) : NO_ALIASES };
    return rooted;
  };
  const sourceOf = (path: Path): string | null => {
    const node = nodeAt(resolved(), path);
    return isScalar(node) && node.range ? file.text.slice(node.range[0], node.range[1]) : null;
  };
  return {
    isMap: isMap(document.contents),
    keys: () =>
      isMap(document.contents) ? document.contents.items.flatMap((item) => keyText(item) ?? []) : [],
    top(key) {
      if (!isMap(document.contents)) return undefined;
      const pair = document.contents.items.find((item) => isScalar(item.key) && item.key.value === key);
      if (pair === undefined) return undefined;
      const node = follow(pair.value, targets());
      return isScalar(node) ? (node.value as string | number | boolean | null) : null;
    },
    read() {
      const { value, faults } = toPlain({ ...resolved(), hasAliases: targets().size > 0 });
      return { value, faults: faults.map(({ offset, ...fault }) => ({ ...fault, ...file.at(offset) })) };
    },
    positionOf: (path, part) => file.at(locate(resolved(), path, part)),
    positionOfText(path, text) {
      const inside = sourceOf(path)?.indexOf(text) ?? -1;
      return file.at(locate(resolved(), path, 'value') + Math.max(0, inside));
    },
    sourceOf,
  };
}
