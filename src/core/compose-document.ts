// Reads the text of a Compose file into nodes, bounded in size, depth and growth. Never throws.
import {
  Composer,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  type ParsedNode,
  Parser,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import { COMPOSE_FAULT, type ComposeFault } from './compose-faults.ts';
import type { ComposeEntry, ComposeNode } from './compose-node.ts';
import { type AliasTargets, aliasTargets, extentOf } from './documents-aliases.ts';
import { follow, isMergeKey, keyText, startOf } from './documents-locate.ts';
import { explainSyntax } from './documents-syntax.ts';

export const MAX_COMPOSE_CHARACTERS = 1024 * 1024;
const MAX_NODES = 10_000;
const MAX_DEPTH = 64;
const MAX_LEXEMES = 250_000;
const MAX_DOCUMENTS = 100;

export interface ComposeText {
  /** Compose merges the documents of one file in their order. */
  documents: ComposeNode[];
  faults: ComposeFault[];
}

export function readComposeText(text: string): ComposeText {
  if (text.length > MAX_COMPOSE_CHARACTERS) return broken(COMPOSE_FAULT.tooLarge(0));
  const odd = ODD_CHARACTER.exec(text);
  if (odd !== null) return broken(COMPOSE_FAULT.oddCharacter(odd.index));
  try {
    const parsed = parse(text);
    if ('reason' in parsed) return broken(parsed);
    const error = parsed.flatMap((document) => document.errors)[0];
    if (error !== undefined) return broken(explainSyntax(error, text));
    const results = parsed.map(readDocument);
    return {
      documents: results.flatMap(({ node }) => node ?? []),
      faults: results.flatMap(({ faults }) => faults),
    };
  } catch {
    // A parser that gives up on hostile text must not take the pass with it.
    return broken(COMPOSE_FAULT.gaveUp(0));
  }
}

/** What YAML forbids, and halves of characters: Compose would see another text than we did. */
const ODD_CHARACTER =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is looked for
  /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

function broken(fault: ComposeFault): ComposeText {
  return { documents: [], faults: [fault] };
}

type Composed = Document.Parsed<ParsedNode>;

function parse(text: string): Composed[] | ComposeFault {
  const parser = new Parser();
  const composer = new Composer<ParsedNode>({
    version: '1.2',
    schema: 'core',
    uniqueKeys: false,
    resolveKnownTags: false,
    merge: false,
    logLevel: 'silent',
    prettyErrors: false,
  });
  const documents: Composed[] = [];
  let lexemes = 0;
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme))
      for (const document of composer.next(token)) documents.push(document);
    if (parser.stack.length > 2 * MAX_DEPTH) return COMPOSE_FAULT.tooDeep(0);
    if (++lexemes > MAX_LEXEMES || documents.length > MAX_DOCUMENTS) return COMPOSE_FAULT.tooLarge(0);
  }
  for (const token of parser.end()) for (const document of composer.next(token)) documents.push(document);
  for (const document of composer.end()) documents.push(document);
  return documents;
}

function readDocument(document: Composed): { node: ComposeNode | null; faults: ComposeFault[] } {
  const targets = aliasTargets(document);
  const extent = extentOf(document.contents, targets);
  const start = startOf(document.contents) ?? 0;
  if ('cycle' in extent) return { node: null, faults: [COMPOSE_FAULT.cycle(startOf(extent.cycle) ?? start)] };
  if (extent.levels > MAX_DEPTH) return { node: null, faults: [COMPOSE_FAULT.tooDeep(start)] };
  if (targets.size > 0 && extent.nodes > MAX_NODES)
    return { node: null, faults: [COMPOSE_FAULT.bomb(start)] };
  const reader: Reader = { targets, faults: [] };
  return { node: document.contents === null ? null : read(document.contents, reader), faults: reader.faults };
}

interface Reader {
  targets: AliasTargets;
  faults: ComposeFault[];
}

function read(written: unknown, reader: Reader): ComposeNode {
  const node = follow(written, reader.targets);
  const offset = startOf(written) ?? startOf(node) ?? 0;
  if (node === undefined || isAlias(node)) reader.faults.push(COMPOSE_FAULT.unknownAlias(offset));
  const tag = tagOf(node, offset, reader);
  if (isSeq(node)) return { type: 'list', offset, tag, items: node.items.map((item) => read(item, reader)) };
  if (isMap(node)) return { type: 'map', offset, tag, entries: entries(node, reader) };
  if (!isScalar(node)) return { type: 'scalar', offset, tag, text: '', isPlain: true };
  const isPlain = node.type === 'PLAIN' && node.tag !== STRING_TAG;
  const text = isPlain ? (node.source ?? '') : String(node.value ?? '');
  return { type: 'scalar', offset, tag, text, isPlain };
}

function entries(map: YAMLMap, reader: Reader): ComposeEntry[] {
  const found = new Map<string, ComposeEntry>();
  for (const pair of map.items) {
    if (isMergeKey(pair)) continue;
    const offset = startOf(pair.key) ?? startOf(map) ?? 0;
    const key = keyText(pair);
    if (key === null || key === '__proto__') reader.faults.push(COMPOSE_FAULT.badKey(offset));
    else if (found.has(key)) reader.faults.push(COMPOSE_FAULT.duplicateKey(offset, key));
    else found.set(key, { key, offset, value: read(pair.value, reader) });
  }
  for (const pair of map.items) {
    if (!isMergeKey(pair)) continue;
    const from = follow(pair.value, reader.targets);
    for (const source of isSeq(from) ? from.items : [from]) {
      const base = follow(source, reader.targets);
      if (!isMap(base)) reader.faults.push(COMPOSE_FAULT.mergeNeedsMap(startOf(pair.key) ?? 0));
      else for (const entry of entries(base, reader)) if (!found.has(entry.key)) found.set(entry.key, entry);
    }
  }
  return [...found.values()];
}

const STRING_TAG = 'tag:yaml.org,2002:str';
const HARMLESS_TAG = /^(?:!|tag:yaml\.org,2002:(?:str|int|float|bool|null|map|seq))$/;

function tagOf(node: unknown, offset: number, { faults }: Reader): 'reset' | 'override' | null {
  const tag = (node as Scalar | undefined)?.tag;
  if (tag === '!reset') return 'reset';
  if (tag === '!override') return 'override';
  if (tag !== undefined && !HARMLESS_TAG.test(tag)) faults.push(COMPOSE_FAULT.unknownTag(offset, tag));
  return null;
}
