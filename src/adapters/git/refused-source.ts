// A source whose settings cannot be meant: it stands there with its problem and asks nothing of anybody.
import { printable } from '../../core/source-file.ts';
import type { GitSourceConfig } from '../../model/config.ts';
import type { Fault } from '../../model/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Source } from '../../ports/source.ts';
import { sourceProblem } from './problem.ts';

/** One wrong address must not keep the other sources from being watched. */
export function createRefusedSource(config: GitSourceConfig, deps: { refusal: Fault; clock: Clock }): Source {
  const { refusal, clock } = deps;
  return {
    name: config.name,
    type: 'git',
    // Whatever stands before an @ may be a password.
    address: printable(config.url).replace(/^([a-z+]+:\/\/)?[^/]*@/i, '$1'),
    ref: printable(config.ref),
    read: async () => ({
      snapshot: null,
      problem: sourceProblem({
        source: config.name,
        trouble: { fault: refusal, sinceMs: clock.nowMs() },
        nowMs: clock.nowMs(),
        revision: null,
        retryMs: null,
      }),
      fetchedMs: null,
    }),
    refresh: async () => undefined,
    watch: () => async () => undefined,
    setReferenced: () => undefined,
  };
}
