// A log that keeps its records, for tests to read.
import type { Log } from '../../src/ports/log.ts';

export interface LogRecord {
  level: 'debug' | 'info' | 'warn' | 'error';
  message: string;
  fields: Record<string, unknown>;
}

export interface MemoryLog extends Log {
  readonly records: readonly LogRecord[];
  /** Messages of one level, or of all. */
  messages(level?: LogRecord['level']): string[];
}

export function createMemoryLog(): MemoryLog {
  const records: LogRecord[] = [];
  return {
    ...withFields(records, {}),
    records,
    messages: (level) =>
      records
        .filter((record) => level === undefined || record.level === level)
        .map((record) => record.message),
  };
}

function withFields(records: LogRecord[], bound: Record<string, unknown>): Log {
  const at =
    (level: LogRecord['level']) =>
    (message: string, fields: Record<string, unknown> = {}): void => {
      records.push({ level, message, fields: { ...bound, ...fields } });
    };
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (fields) => withFields(records, { ...bound, ...fields }),
  };
}
