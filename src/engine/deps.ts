// Everything the loop works with, given by the wiring.
import type { Config } from '../model/config.ts';
import type { DesiredStack } from '../model/desired.ts';
import type { KindPlanner, KindReader } from '../model/kind.ts';
import type { StackModel } from '../model/resolved.ts';
import type { Archiver } from '../ports/archiver.ts';
import type { Clock } from '../ports/clock.ts';
import type { ComposeRunner } from '../ports/compose-runner.ts';
import type { ContainerRuntime } from '../ports/container-runtime.ts';
import type { Control } from '../ports/control.ts';
import type { Log } from '../ports/log.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { Prober } from '../ports/prober.ts';
import type { Registry } from '../ports/registry.ts';
import type { Secrets } from '../ports/secrets.ts';
import type { Source } from '../ports/source.ts';
import type { Store } from '../ports/store.ts';
import type { Tree } from '../ports/tree.ts';

/** Turns a stack's files into a model, and the model into the file that Compose is given. */
export interface StackResolver {
  /** Throws faults: what cannot be resolved makes the stack held. */
  resolve(desired: DesiredStack): Promise<StackModel>;
  /** The last generation that was good, as a model of its own; null where none is kept. */
  good(desired: DesiredStack): Promise<StackModel | null>;
  render(
    desired: DesiredStack,
    which: 'desired' | 'good',
  ): Promise<{ file: string; projectDirectory: string }>;
  materialise(desired: DesiredStack): Promise<void>;
  markGood(desired: DesiredStack): Promise<void>;
  forget(unit: string): Promise<void>;
  /** Paths from the source's root that the stack was made from when it was last resolved. */
  referenced(unit: string): readonly string[];
}

export interface EngineDeps {
  config: Config;
  sources: readonly Source[];
  runtimes: ReadonlyMap<string, ContainerRuntime>;
  readers: readonly KindReader[];
  planners: Readonly<Record<string, KindPlanner>>;
  stacks: StackResolver;
  compose: ComposeRunner;
  tree: Tree;
  archiver: Archiver;
  store: Store;
  control: Control;
  secrets: Secrets;
  registry: Registry;
  prober: Prober;
  clock: Clock;
  log: Log;
  metrics: Metrics;
  /** How our probes reach containers of an engine. */
  reach: (host: string) => 'network' | 'published';
  version: string;
}
