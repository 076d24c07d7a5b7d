// Numbers that stand where texts are meant, and would not arrive as they were written.
import type { TextDocument } from './documents.ts';
import { type Finding, MOST_PROBLEMS } from './validate-finding.ts';

const TEXTS_BY_NAME = new Set(['environment', 'labels', 'sysctls', 'options', 'variables']);

/** `VERSION: 1.10` would arrive as 1.1, and nobody would know why. */
export function changedNumbers(value: unknown, text: Pick<TextDocument, 'sourceOf'>): Finding[] {
  const findings: Finding[] = [];
  // One list that grows and shrinks, and is copied for a finding alone.
  const path: (string | number)[] = [];
  const walk = (part: unknown): void => {
    if (findings.length >= MOST_PROBLEMS) return;
    if (typeof part === 'number' && TEXTS_BY_NAME.has(String(path.at(-2)))) {
      const source = text.sourceOf(path);
      if (source !== null && source !== String(part)) {
        findings.push({
          path: [...path],
          part: 'value',
          reason: 'NumberAsText',
          message: `YAML reads ${source.slice(0, 40)} as the number ${part}.`,
          hint: `put it in quotes: ${String(path.at(-1))}: "${source.slice(0, 40)}"`,
        });
      }
    }
    if (typeof part !== 'object' || part === null) return;
    for (const key of Object.keys(part)) {
      const member = (part as Record<string, unknown>)[key];
      if (typeof member === 'string') continue;
      path.push(Array.isArray(part) ? Number(key) : key);
      walk(member);
      path.pop();
    }
  };
  walk(value);
  return findings;
}
