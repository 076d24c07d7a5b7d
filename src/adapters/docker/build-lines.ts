// Reads what an engine says while it builds: lines for people, and in which step it failed by what.
import { quotable } from './refusal.ts';

export interface BuildFailure {
  /** A part of a sentence: `step 2/4 (RUN make) ended with exit code 2`. */
  what: string;
  /** An image that the Dockerfile begins from, or the engine's own room: no fault of what is built. */
  isFromElsewhere: boolean;
  last: string[];
}

interface BuildLine {
  stream?: string;
  status?: string;
  id?: string;
  error?: string;
  errorDetail?: { code?: number; message?: string };
}

const KEPT_LINES = 25;
const STEP = /^Step (\d+\/\d+) : (.*)$/s;
/** What is said between the steps by the builder itself. */
const CHATTER = /^ ---> |^Successfully /;
const ELSEWHERE =
  /no space left on device|^Get "https?:|invalid from flag value .*: Get "|pull access denied|manifest (?:unknown|for \S+ not found)|toomanyrequests|TLS handshake timeout|i\/o timeout|connection refused$/i;

export function createBuildLines(onLine: (line: string) => void): {
  take(value: unknown): void;
  failure(): BuildFailure | null;
} {
  const last: string[] = [];
  let rest = '';
  let step: { number: string; words: string } | null = null;
  let failure: BuildFailure | null = null;

  function line(text: string): void {
    const plain = text.replaceAll(ANSI, '').trimEnd();
    if (plain.trim() === '') return;
    const [, number = '', words = ''] = STEP.exec(plain) ?? [];
    if (number !== '') step = { number, words };
    if (CHATTER.test(plain)) return;
    last.push(plain.slice(0, 2_000));
    if (last.length > KEPT_LINES) last.shift();
    onLine(plain);
  }

  function failed({ error, errorDetail }: BuildLine): BuildFailure {
    const message = errorDetail?.message ?? error ?? '';
    const code = errorDetail?.code;
    const where = step === null ? '' : `step ${step.number} (${quotable(step.words).slice(0, 80)}) `;
    const isBase = /^FROM\s/i.test(step?.words ?? '') && !/platform/.test(message);
    return {
      what: code === undefined ? `${where}"${quotable(message)}"` : `${where}ended with exit code ${code}`,
      isFromElsewhere: code === undefined && (isBase || ELSEWHERE.test(message)),
      last: [...last],
    };
  }

  return {
    take(value) {
      const said = value as BuildLine;
      if (said.stream !== undefined) {
        const lines = (rest + said.stream).split('\n');
        rest = (lines.pop() ?? '').slice(0, 100_000);
        for (const one of lines) line(one);
      }
      if (said.error !== undefined || said.errorDetail !== undefined) {
        if (rest !== '') line(rest);
        failure ??= failed(said);
      }
    },
    failure: () => failure,
  };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is looked for
const ANSI = /\u001b\[[0-9;]*[A-Za-z]|[\0-\x08\x0b-\x1f\x7f]/g;
