// Reads why `up` failed out of Compose's last lines: the engine's own sentences, in our words.
import { type Fault, fault } from '../../model/errors.ts';
import { meaningful, type Redact, sentence } from './faults.ts';

export interface UpFailure {
  project: string;
  services: readonly string[];
  stderr: string;
  /** What ended it, where it did not end by itself; `signal`: not we. */
  stoppedBy: 'time' | 'idle' | 'signal' | null;
}

/** Reads why `up` failed from its last lines (2.26 and newer print the engine's own sentences). */
export function upFailed(failure: UpFailure, redact: Redact): Fault {
  const lines = meaningful(failure.stderr, redact);
  const last = lines.findLast((line) => !/^Container |^Network |^Volume /.test(line)) ?? lines.at(-1) ?? '';
  if (failure.stoppedBy !== null) {
    return facts('COMPOSE_HUNG', 'ComposeHung', 'retry', {
      message: `Compose was stopped: ${STOPPED[failure.stoppedBy]}. Last: ${sentence(last)}`,
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

const STOPPED = {
  idle: 'it said nothing for ten minutes',
  time: 'it took half an hour',
  signal: 'it was ended by something else',
};

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
    pattern: /^service "([^"]+)" didn't complete successfully: exit (\d+)/,
    make: (match, seen) =>
      facts('JOB_FAILED', 'JobFailed', 'version', {
        message: `${match[1]} did not complete: it ended with exit ${match[2]}`,
        hint: 'What ran before is brought back from its last good files.',
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
