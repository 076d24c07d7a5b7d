// What a directory source writes into the log: each thing once, not in every pass.
import type { Log } from '../../ports/log.ts';
import type { Walk } from './walk.ts';

export interface Tellings {
  /** Folders that are there and not read. */
  passedOver(walk: Walk): void;
  /** The state of the root: an error code, or null when it was read well. */
  root(code: string | null): void;
  watchFailed(error: unknown): void;
}

export function createTellings(source: string, log: Log): Tellings {
  const told = new Set<string>();
  let rootCode: string | null = null;

  function isNew(what: string): boolean {
    if (told.has(what)) return false;
    told.add(what);
    return true;
  }

  return {
    passedOver(walk) {
      for (const { path, why } of walk.passedOver) {
        if (isNew(`folder ${path}`)) log.info('folder passed over', { source, folder: path, why });
      }
    },
    root(code) {
      if (code === rootCode) return;
      rootCode = code;
      if (code === null) log.info('source is back', { source });
      else log.warn('source not up to date', { source, reason: 'SourceAway', code });
    },
    watchFailed(error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (!isNew(`watch ${code ?? message}`)) return;
      const isLimit = code === 'ENOSPC' || code === 'EMFILE';
      const hint = isLimit ? 'Raise fs.inotify.max_user_watches and max_user_instances.' : undefined;
      log.warn('watching is limited, changes are found by the next pass', {
        source,
        code: code ?? message,
        hint,
      });
    },
  };
}
