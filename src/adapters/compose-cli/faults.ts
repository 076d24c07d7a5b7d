// What went wrong with Compose, in our words: the border behind which nobody reads its messages.
import { type Fault, fault } from '../../model/errors.ts';

export type Redact = (text: string) => string;

const MAX_LINES = 20;

export function composeMissing(why: string): Fault {
  return fault({
    code: 'COMPOSE_MISSING',
    reason: 'ComposeMissing',
    message: why,
    hint: 'Install the Compose plugin (docker-compose-plugin, or docker-compose on Debian 13), or name it in TINYFORGE_COMPOSE.',
    disposition: 'stalled',
  });
}

export function composeHung(limit: string): Fault {
  return fault({
    code: 'COMPOSE_HUNG',
    reason: 'ComposeHung',
    message: `Compose was stopped while it read these files: ${limit}.`,
    hint: 'Look for a file without an end, or very large ones, among those that the Compose file names.',
    disposition: 'stalled',
  });
}

/** `config` ended with an error: the files are at fault, and Compose's own words say where. */
export function composeRefused(stderr: string, redact: Redact): Fault {
  const lines = meaningful(stderr, redact);
  return fault({
    code: 'COMPOSE_REFUSED',
    reason: 'ComposeRefused',
    message: `Compose refuses these files: ${sentence(lines.join(' '))}`,
    disposition: 'stalled',
    evidence: lines,
  });
}

export function composeBusy(project: string): Fault {
  return fault({
    code: 'COMPOSE_BUSY',
    reason: 'ComposeBusy',
    message: `Another Compose is still at work on ${project}.`,
    hint: 'It may have survived a crash; it ends by itself, or by hand.',
    disposition: 'retry',
  });
}

export function aborted(signal: AbortSignal): unknown {
  return signal.reason ?? new Error('aborted');
}

/** The last lines without the engine's warnings about itself. Redacted before anything is cut. */
export function meaningful(stderr: string, redact: Redact): string[] {
  return redact(stderr)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/IPv[46] forwarding is disabled|level=warning/.test(line))
    .slice(-MAX_LINES);
}

export function sentence(line: string): string {
  const plain = line.replace(/^Error response from daemon: /, '').replace(/[\p{Cc}]/gu, ' ');
  const text = plain === '' ? 'it gave no reason' : plain;
  return text.length > 300 ? `${text.slice(0, 299)}…` : text;
}
