// The log of one configuration, for whoever sees it.
import type { Config } from '../model/config.ts';
import type { Log } from '../ports/log.ts';
import type { Secrets } from '../ports/secrets.ts';
import type { Surroundings } from './surroundings.ts';

/** Where nobody sees it, what writes it is not even loaded: 10 ms of a command that takes a hundred. */
export async function openLog(
  { logLevel }: Pick<Config, 'logLevel'>,
  { writeLog, logFormat }: Pick<Surroundings, 'writeLog' | 'logFormat'>,
  { secrets, nowMs }: { secrets: Pick<Secrets, 'redact'>; nowMs: () => number },
): Promise<Log> {
  if (writeLog === null) return SILENT;
  const { createLog } = await import('../adapters/log/create-log.ts');
  const redact = (text: string): string => secrets.redact(text);
  return createLog({ write: writeLog, format: logFormat, level: logLevel, redact, nowMs });
}

const nothing = (): void => {};
const SILENT: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing, child: () => SILENT };
