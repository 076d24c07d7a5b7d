// What a handler may use while it carries out one action.
import type { Desired } from '../../model/desired.ts';
import type { ContainerRuntime } from '../../ports/container-runtime.ts';
import type { EngineDeps } from '../deps.ts';
import type { Memory } from '../memory.ts';

export interface HandlerContext {
  deps: EngineDeps;
  runtime: ContainerRuntime;
  memory: Memory;
  /** The wish that the plan was made from (what was applied before, in a rollback). */
  desired: Desired;
  signal: AbortSignal;
  /** What it waits for, in words; shown live, kept nowhere. */
  progress(text: string): void;
  /** A line that is kept with the deploy. */
  log(text: string): void;
}
