// The log: pino, with everything redacted before pino sees it.
import { type Logger, pino } from 'pino';
import type { Redact } from '../../core/redact.ts';
import { redactValue } from '../../core/redact-value.ts';
import type { Log } from '../../ports/log.ts';
import { plainLine } from './plain-line.ts';

type Level = 'debug' | 'info' | 'warn' | 'error';

/** Fields that a record has by itself; a fact of the same name steps aside. */
const RESERVED = new Set(['time', 'level', 'message']);

export interface LogOptions {
  /** Takes one line with its newline: `(line) => process.stderr.write(line)`. */
  write: (line: string) => void;
  /** `plain` is `time level workload phase: text key=value`; `json` is one object a line. */
  format: 'plain' | 'json';
  level: Level;
  redact: Redact;
  nowMs: () => number;
}

/** Messages, fields, errors with their causes: all of it is redacted here, so no caller can forget to. */
export function createLog(options: LogOptions): Log {
  const { write, format, level, redact, nowMs } = options;
  const logger = pino(
    {
      level,
      base: null,
      messageKey: 'message',
      timestamp: () => `,"time":"${new Date(nowMs()).toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (line: string) => write(format === 'json' ? line : plainLine(line)) },
  );
  return wrap(logger, { redact, bound: {} });
}

/** Bound fields are merged here: pino would write a key twice when a record repeats it. */
function wrap(logger: Logger, own: { redact: Redact; bound: Record<string, unknown> }): Log {
  const { redact, bound } = own;
  const at =
    (level: Level) =>
    (message: string, fields: Record<string, unknown> = {}): void => {
      if (!logger.isLevelEnabled(level)) return;
      logger[level]({ ...bound, ...safeFields(fields, redact) }, '%s', redact(message));
    };
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (fields) => wrap(logger, { redact, bound: { ...bound, ...safeFields(fields, redact) } }),
  };
}

function safeFields(fields: Record<string, unknown>, redact: Redact): Record<string, unknown> {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    entries.map(([key, value]) => [RESERVED.has(key) ? `${key}_` : redact(key), redactValue(value, redact)]),
  );
}
