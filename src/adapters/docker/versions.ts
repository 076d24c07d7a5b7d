// Asks an engine once for its version, and again when it may be another engine by now.
import type { EngineVersions } from './api-version.ts';
import { isVersionRefusal } from './api-version.ts';
import { refusalOf } from './refusal.ts';

export interface VersionReader {
  read(): Promise<EngineVersions>;
  forget(): void;
  /** Runs the work once more when the engine refused it for its version; what was refused was not done. */
  renegotiating<T>(work: () => Promise<T>): Promise<T>;
}

/** `ask` reads `/version` without a version in its path: versioned it can be refused like everything else. */
export function createVersionReader(ask: () => Promise<unknown>): VersionReader {
  let known: Promise<EngineVersions> | null = null;

  async function askAndRead(): Promise<EngineVersions> {
    const answer = (await ask()) as { Version?: string; ApiVersion?: string; MinAPIVersion?: string };
    const newest = answer.ApiVersion ?? '';
    if (!/^\d+\.\d+$/.test(newest)) throw new SyntaxError('no API version');
    return { engine: answer.Version ?? '?', newest, oldest: answer.MinAPIVersion ?? newest };
  }

  return {
    read() {
      if (known !== null) return known;
      const asked = askAndRead();
      known = asked;
      asked.catch(() => {
        if (known === asked) known = null;
      });
      return asked;
    },
    forget() {
      known = null;
    },
    async renegotiating(work) {
      try {
        return await work();
      } catch (error) {
        if (!isVersionRefusal(refusalOf(error))) throw error;
        known = null;
        return work();
      }
    },
  };
}
