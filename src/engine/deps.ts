// Everything the loop works with, given by the wiring.
import type { OwnMount } from '../core/host-path.ts';
import type { Config } from '../model/config.ts';
import type { KindReader, Planners } from '../model/kind.ts';
import type { Archiver } from '../ports/archiver.ts';
import type { Clock } from '../ports/clock.ts';
import type { ComposeRunner } from '../ports/compose-runner.ts';
import type { ContainerRuntime } from '../ports/container-runtime.ts';
import type { Contents } from '../ports/contents.ts';
import type { Control } from '../ports/control.ts';
import type { Log } from '../ports/log.ts';
import type { Measures } from '../ports/measures.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { Prober } from '../ports/prober.ts';
import type { ProxyProvider } from '../ports/proxy-provider.ts';
import type { Registry } from '../ports/registry.ts';
import type { Repositories } from '../ports/repositories.ts';
import type { Secrets } from '../ports/secrets.ts';
import type { Source } from '../ports/source.ts';
import type { Store } from '../ports/store.ts';
import type { Tree } from '../ports/tree.ts';
import type { StackResolver } from './stack/create-stack-resolver.ts';

export interface EngineDeps {
  config: Config;
  sources: readonly Source[];
  runtimes: ReadonlyMap<string, ContainerRuntime>;
  readers: readonly KindReader[];
  planners: Planners;
  stacks: StackResolver;
  /** Compose as it speaks to the engine of that name. */
  compose: (host: string) => ComposeRunner;
  tree: Tree;
  archiver: Archiver;
  contents: Contents;
  repositories: Repositories;
  store: Store;
  control: Control;
  secrets: Secrets;
  registry: Registry;
  /** Null where no proxy is configured. */
  proxy: ProxyProvider | null;
  /** Null where no Prometheus is configured. */
  measures: Measures | null;
  prober: Prober;
  clock: Clock;
  log: Log;
  metrics: Metrics;
  /** How our probes reach containers of an engine. */
  reach: (host: string) => 'network' | 'published';
  /** What our own container has of the machine; null outside of containers. */
  ownMounts: () => readonly OwnMount[] | null;
  version: string;
}
