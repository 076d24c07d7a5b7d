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

export interface UpFailure {
  project: string;
  services: readonly string[];
  stderr: string;
  /** What ended it, where we did. */
  stoppedBy: 'time' | 'idle' | null;
}

/** Reads why `up` failed from its last lines (2.26 and newer print the engine's own sentences). */
export function upFailed(failure: UpFailure, redact: Redact): Fault {
  const lines = meaningful(failure.stderr, redact);
  const last = lines.findLast((line) => !/^Container |^Network |^Volume /.test(line)) ?? lines.at(-1) ?? '';
  if (failure.stoppedBy !== null) {
    return facts('COMPOSE_HUNG', 'ComposeHung', 'retry', {
      message: `Compose was stopped: ${failure.stoppedBy === 'idle' ? 'it said nothing for ten minutes' : 'it took half an hour'}. Last: ${sentence(last)}`,
      lines,
    });
  }
  for (const { pattern, make } of KNOWN) {
    const match = pattern.exec(last);
    if (match !== null) return make(match, { ...failure, last, lines });
  }
  const service = serviceIn(last, failure);
  return facts('COMPOSE_UP_FAILED', 'ComposeUpFailed', 'version', {
    message: `${service === null ? failure.project : service} could not be brought up: ${sentence(last)}`,
    hint: 'What ran before is brought back from its last good files.',
    lines,
  });
}

type Seen = UpFailure & { last: string; lines: string[] };

const KNOWN: readonly { pattern: RegExp; make: (match: RegExpExecArray, seen: Seen) => Fault }[] = [
  {
    pattern:
      /Bind for (\S+) failed: port is already allocated|listen (?:tcp|udp)\d? (\S+): bind: address already in use|ports are not available: exposing port \S+ (\S+)/,
    make: (match, seen) =>
      facts('PORT_TAKEN', 'PortTaken', 'stalled', {
        message: `The port ${match[1] ?? match[2] ?? match[3]} is in use by something else.`,
        hint: 'Free the port, or publish another one.',
        lines: seen.lines,
      }),
  },
  {
    pattern: /The container name "\/?([^"]+)" is already in use/,
    make: (match, seen) =>
      facts('NAME_TAKEN', 'NameTaken', 'conflict', {
        message: `A container called ${match[1]} is there already.`,
        hint: 'Remove or rename it, or change container_name.',
        lines: seen.lines,
      }),
  },
  {
    pattern: /[Nn]o such image: (\S+)/,
    make: (match, seen) =>
      facts('IMAGE_MISSING', 'ImageMissing', 'retry', {
        message: `The image ${match[1]} is not on the engine.`,
        hint: 'It is pulled before the next try.',
        lines: seen.lines,
      }),
  },
  {
    pattern:
      /[Cc]annot connect to the Docker daemon|error during connect|connection refused|EOF$|context canceled$/,
    make: (_match, seen) =>
      facts('ENGINE_AWAY', 'EngineAway', 'retry', {
        message: 'The engine went away while Compose was at work.',
        hint: 'Looked at again as soon as it answers.',
        lines: seen.lines,
      }),
  },
  {
    pattern:
      /network (\S+) not found|network (\S+) declared as external, but could not be found|external volume "([^"]+)" not found/,
    make: (match, seen) =>
      facts('EXTERNAL_MISSING', 'ExternalMissing', 'stalled', {
        message: `${match[1] ?? match[2] ?? match[3]} is declared as external, and the engine has none of that name.`,
        hint: 'Make it, or take `external: true` away.',
        lines: seen.lines,
      }),
  },
  {
    pattern:
      /^(?:validating .*|error while interpolating .*|yaml: .*|service "[^"]+" (?:refers to|depends on) undefined.*)$/,
    make: (match, seen) =>
      facts('COMPOSE_REFUSED', 'ComposeRefused', 'stalled', {
        message: `Compose refuses the resolved file: ${sentence(match[0])}`,
        lines: seen.lines,
      }),
  },
];

function facts(
  code: string,
  reason: string,
  disposition: Fault['disposition'],
  words: { message: string; hint?: string; lines: string[] },
): Fault {
  const { message, hint, lines } = words;
  return fault({ code, reason, message, hint, disposition, evidence: lines });
}

/** The service that a line speaks of, by its name or by that of its container. */
function serviceIn(line: string, { project, services }: UpFailure): string | null {
  const quoted = /service "([^"]+)"/.exec(line)?.[1];
  if (quoted !== undefined) return quoted;
  const byContainer = services.find((service) => line.includes(`${project}-${service}-`));
  return byContainer ?? (services.length === 1 ? (services[0] ?? null) : null);
}

/** The last lines without the engine's warnings about itself. Redacted before anything is cut. */
function meaningful(stderr: string, redact: Redact): string[] {
  return redact(stderr)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/IPv[46] forwarding is disabled|level=warning/.test(line))
    .slice(-MAX_LINES);
}

function sentence(line: string): string {
  const plain = line.replace(/^Error response from daemon: /, '').replace(/[\p{Cc}]/gu, ' ');
  const text = plain === '' ? 'it gave no reason' : plain;
  return text.length > 300 ? `${text.slice(0, 299)}…` : text;
}
