// Parses a text for editing: the same documents as for reading, with the tokens that say where everything stands.
import { Composer, type CST, type Document, isMap, isSeq, type ParsedNode, Parser, visit } from 'yaml';
import { readDocuments, type TextDocument } from '../documents.ts';
import { byHand, type EditRefusal } from './edit-result.ts';

export interface OpenDocument {
  text: TextDocument;
  node: Document.Parsed<ParsedNode>;
  /** Offset of its `---`; null for a first document without one. */
  mark: number | null;
}

export interface OpenText {
  text: string;
  documents: readonly OpenDocument[];
  /** The file's own line end. */
  eol: '\n' | '\r\n';
  isJson: boolean;
  hasDirectives: boolean;
  /** True where a comment begins in this range. */
  hasComment(start: number, end: number): boolean;
}

/** Refuses what could not be read as manifests: half a file is edited by nobody but its owner. */
export function openText(text: string): { opened: OpenText } | { refusal: EditRefusal } {
  const { documents: texts, faults } = readDocuments(text);
  const fault = faults[0];
  if (fault !== undefined) {
    const { message, line, column } = fault;
    return {
      refusal: byHand(
        'FileBroken',
        `The file cannot be edited while it cannot be read (${line}:${column}): ${message}`,
      ),
    };
  }
  const tokens = [...new Parser().parse(text)];
  const composer = new Composer({ ...READING, keepSourceTokens: true });
  const nodes = [...composer.compose(tokens)] as Document.Parsed<ParsedNode>[];
  const parts = tokens.filter((token) => token.type === 'document');
  // An empty text is a document for the composer and none for the parser.
  if (nodes.length !== texts.length || parts.length > nodes.length) return { refusal: UNCLEAR };
  const comments = commentsOf(tokens);
  return {
    opened: {
      text,
      documents: texts.flatMap((document, index) => {
        const [node, part] = [nodes[index], parts[index]];
        return node === undefined || part === undefined ? [] : { text: document, node, mark: markOf(part) };
      }),
      eol: text.includes('\r\n') ? '\r\n' : '\n',
      isJson: isJson(text),
      hasDirectives: tokens.some(({ type }) => type === 'directive'),
      hasComment: (start, end) => comments.some((offset) => offset >= start && offset < end),
    },
  };
}

/** As in core/documents.ts. */
const READING = {
  version: '1.2',
  schema: 'core',
  uniqueKeys: false,
  resolveKnownTags: false,
  merge: false,
  logLevel: 'silent',
  prettyErrors: false,
} as const;

const UNCLEAR = byHand('FileBroken', 'It cannot be told where the documents of this file begin and end.');

function markOf({ start }: CST.Document): number | null {
  return start.find(({ type }) => type === 'doc-start')?.offset ?? null;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Wherever the parser keeps them: before keys, behind values, in headers of texts. */
function commentsOf(tokens: readonly CST.Token[]): number[] {
  const found: number[] = [];
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) for (const one of value) walk(one);
    else if (typeof value === 'object' && value !== null) {
      const { type, offset } = value as { type?: unknown; offset?: unknown };
      if (type === 'comment' && typeof offset === 'number') found.push(offset);
      else for (const inner of Object.values(value)) walk(inner);
    }
  };
  walk(tokens);
  return found;
}

/** True where an anchor is set in a node: others may stand for it. */
export function hasAnchor(node: unknown): boolean {
  let found = false;
  if (node !== null && typeof node === 'object') {
    visit(node as ParsedNode, {
      Node(_key, inner) {
        if ((inner as { anchor?: string }).anchor === undefined) return undefined;
        // An alias has the name of its anchor as `source`, and none of its own.
        found = true;
        return visit.BREAK;
      },
    });
  }
  return found;
}

/** Written in brackets or braces. */
export function isFlow(node: unknown): boolean {
  return (isMap(node) || isSeq(node)) && node.flow === true;
}
