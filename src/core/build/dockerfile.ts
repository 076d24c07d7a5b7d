// Looks through a Dockerfile before it is built: what the engine's own builder does not know, or does on the host's network.
import type { Problem } from '../../model/problem.ts';
import { problem } from '../problem.ts';

export interface Dockerfile {
  problems: Problem[];
  /** Names under ARG, for the ones that BuildKit would fill by itself. */
  args: string[];
}

interface Instruction {
  word: string;
  rest: string;
  line: number;
}

/** Of an instruction, what only BuildKit can do; others pass it over in silence or fail in the middle. */
const BUILDKIT_FLAGS: Readonly<Record<string, RegExp>> = {
  RUN: /^--(?:mount|network|security|device)(?:=|$)/,
  COPY: /^--(?:chmod|parents|exclude)(?:=|$)/,
  ADD: /^--(?:chmod|parents|exclude|checksum|keep-git-dir|unpack)(?:=|$)/,
};

/** Not `<<<`, and not a shift of numbers. */
const HERE_DOCUMENT = /(?<!<)<<-?["']?[A-Za-z_]/;

/** `file` is where it is written, for people. */
export function readDockerfile(text: string, file: string): Dockerfile {
  const problems: Problem[] = [];
  const args: string[] = [];
  for (const instruction of instructionsOf(text)) {
    const { line, word } = instruction;
    if (word === 'ARG') args.push(...instruction.rest.split(/\s+/).map((one) => one.split('=')[0] ?? ''));
    const found = judge(instruction);
    if (found !== null) problems.push(problem({ ...found, file, line }));
  }
  return { problems, args };
}

function judge({ word, rest }: Instruction): { reason: string; message: string; hint: string } | null {
  const own = word === 'ONBUILD' ? /^([A-Za-z]+)\s*(.*)$/s.exec(rest) : null;
  if (own !== null) return judge({ word: (own[1] ?? '').toUpperCase(), rest: own[2] ?? '', line: 0 });
  const words = rest.split(/\s+/);
  const flag = words.find((one, index) => isFlag(words, index) && BUILDKIT_FLAGS[word]?.test(one));
  if (flag !== undefined) return buildKitOnly(`${word} ${flag.split('=')[0]}`);
  if (/^(?:RUN|COPY|ADD)$/.test(word) && HERE_DOCUMENT.test(rest))
    return buildKitOnly(`${word} with a here-document`);
  if (word === 'FROM' && /^--platform=\S*\$\{?(?:BUILD|TARGET)/.test(rest))
    return buildKitOnly('FROM --platform with a variable of BuildKit');
  if (word === 'ADD' && sourcesOf(words).some(mayBeAddress))
    return {
      reason: 'BuildRefused',
      message:
        'ADD of an address: the engine would fetch it on the network of its host, where it may lead to what no container reaches.',
      hint: 'Fetch it with RUN, or commit the file and name it by `./`.',
    };
  return null;
}

function buildKitOnly(what: string) {
  return {
    reason: 'BuildKitOnly',
    message: `${what}: only BuildKit can do this, and images are built here by the engine's own builder.`,
    hint: 'Write it without, or build and push the image elsewhere and name it under `image`.',
  };
}

/** Flags stand before all else. */
function isFlag(words: readonly string[], index: number): boolean {
  return words.slice(0, index + 1).every((one) => one.startsWith('--'));
}

/** Without flags and the target; quotes and brackets of the JSON form taken off. */
function sourcesOf(words: readonly string[]): string[] {
  const plain = words.map((one) => one.replaceAll(/["'\\[\],]/g, '')).filter((one) => one !== '');
  return plain.filter((one) => !one.startsWith('--')).slice(0, -1);
}

function mayBeAddress(source: string): boolean {
  if (/^[./]/.test(source)) return false;
  return source.includes('$') || source.includes('://') || /^git@/.test(source);
}

/** Lines that go on are joined; comments in between are left out. */
function instructionsOf(whole: string): Instruction[] {
  const lines = whole.replace(/^\uFEFF/, '').split(/\r?\n/);
  const goesOnBy = /^#\s*escape\s*=\s*`\s*$/im.test(headOf(lines)) ? '`' : '\\';
  const found: Instruction[] = [];
  let text = '';
  let line = 0;
  for (const [index, written] of lines.entries()) {
    if (/^\s*#/.test(written) || (text !== '' && written.trim() === '')) continue;
    const goesOn = written.trimEnd().endsWith(goesOnBy);
    if (text === '') line = index + 1;
    text += `${goesOn ? written.trimEnd().slice(0, -1) : written} `;
    if (goesOn) continue;
    found.push(...instructionOf(text, line));
    text = '';
  }
  return [...found, ...instructionOf(text, line)];
}

function instructionOf(text: string, line: number): Instruction[] {
  const [, word = '', rest = ''] = /^\s*([A-Za-z]+)\s*(.*)$/s.exec(text) ?? [];
  return word === '' ? [] : [{ word: word.toUpperCase(), rest: rest.trim(), line }];
}

function headOf(lines: readonly string[]): string {
  const end = lines.findIndex((line) => !line.trimStart().startsWith('#'));
  return lines.slice(0, end < 0 ? lines.length : end).join('\n');
}
