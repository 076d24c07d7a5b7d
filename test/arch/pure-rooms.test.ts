// Reads model, core and kinds and finds what no import betrays: async, clock, randomness, process, timers, console.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import ts from 'typescript';
import { checkout } from '../../scripts/real-parts/paths.ts';

/** Names of the world outside that are there without an import. */
const outsideNames = new Set([
  'process',
  'console',
  'fetch',
  'performance',
  'globalThis',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'Promise',
]);

/** Of node's crypto, hashing alone is pure. */
const impureCrypto = /^random/;

/** What makes a source impure, as `line: what`. */
function impurities(source: string, fileName = 'source.ts'): readonly string[] {
  const file = ts.createSourceFile(fileName, source, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const note = (node: ts.Node, what: string) =>
    found.push(`${file.getLineAndCharacterOfPosition(node.getStart()).line + 1}: ${what}`);
  const visit = (node: ts.Node): void => {
    if (node.kind === ts.SyntaxKind.AsyncKeyword || ts.isAwaitExpression(node)) note(node, 'async');
    if (
      ts.isNewExpression(node) &&
      node.expression.getText() === 'Date' &&
      (node.arguments?.length ?? 0) === 0
    )
      note(node, 'the clock (new Date())');
    if (ts.isPropertyAccessExpression(node)) {
      const text = node.getText();
      if (text === 'Date.now') note(node, 'the clock (Date.now)');
      if (text === 'Math.random') note(node, 'randomness (Math.random)');
    }
    if (ts.isIdentifier(node) && isReference(node)) {
      if (outsideNames.has(node.text)) note(node, node.text);
      if (ts.isImportSpecifier(node.parent) && impureCrypto.test(node.text) && fromCrypto(node))
        note(node, 'randomness');
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** Whether the name stands for itself, not for a property or a key that happens to be called so. */
function isReference(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isPropertyAssignment(parent) || ts.isPropertySignature(parent)) return parent.name !== node;
  if (ts.isBindingElement(parent) || ts.isParameter(parent) || ts.isVariableDeclaration(parent))
    return parent.name !== node;
  return true;
}

function fromCrypto(node: ts.Identifier): boolean {
  const declaration = node.parent.parent.parent.parent;
  return ts.isImportDeclaration(declaration) && /crypto['"]$/.test(declaration.moduleSpecifier.getText());
}

describe('the pure rooms', () => {
  const files = globSync('src/{model,core,kinds}/**/*.ts', { cwd: checkout });

  it('are there', () => {
    assert.ok(files.length > 0);
  });

  it('know no clock, chance, process, timer, console or promise', () => {
    const found = files.flatMap((file) =>
      impurities(readFileSync(join(checkout, file), 'utf8'), file).map((what) => `${file}:${what}`),
    );
    assert.deepEqual(found, []);
  });

  for (const [source, what] of [
    ['async function f() {}', '1: async'],
    ['const at = new Date();', '1: the clock (new Date())'],
    ['const at = Date.now();', '1: the clock (Date.now)'],
    ['\nconst n = Math.random();', '2: randomness (Math.random)'],
    ['const home = process.env.HOME;', '1: process'],
    ['console.log(1);', '1: console'],
    ["import { randomBytes } from 'node:crypto';", '1: randomness'],
    ['setTimeout(() => 0, 1);', '1: setTimeout'],
    ['type Later = Promise<string>;', '1: Promise'],
  ] as const) {
    it(`would be caught with: ${source.trim()}`, () => {
      assert.deepEqual(impurities(source), [what]);
    });
  }

  for (const source of [
    'const at = new Date(ms).toISOString();',
    'const step = { process: 1, console: 2 }; step.process;',
    "import { createHash } from 'node:crypto'; createHash('sha256');",
    'const day = Date.parse("2026-01-01");',
  ]) {
    it(`may hold: ${source}`, () => {
      assert.deepEqual(impurities(source), []);
    });
  }
});
