// What the HTTP side is given: it reads, and it nudges the loop; it never reconciles by itself.
import type { Config } from '../model/config.ts';
import type { Clock } from '../ports/clock.ts';
import type { Control } from '../ports/control.ts';
import type { Controller } from '../ports/controller.ts';
import type { DesiredEdits } from '../ports/desired-edits.ts';
import type { Log } from '../ports/log.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { Hint, Receiver } from '../ports/receiver.ts';
import type { Secrets } from '../ports/secrets.ts';
import type { Store } from '../ports/store.ts';

/** Which sources to fetch sooner, and which units to look at, for one hint. Both empty: nobody here is concerned. */
export interface HintTargets {
  sources: readonly string[];
  units: readonly string[];
}

export interface HttpDeps {
  controller: Controller;
  store: Store;
  control: Pick<Control, 'quarantine' | 'suspension'>;
  secrets: Pick<Secrets, 'get'>;
  metrics: Pick<Metrics, 'render' | 'webhook'>;
  receivers: readonly Receiver[];
  match: (hint: Hint) => HintTargets;
  edits: DesiredEdits;
  config: Config;
  clock: Clock;
  log: Log;
  version: string;
  /** IANA name of the zone that the page writes its times in; the machine's own when absent. */
  timeZone?: string | undefined;
}
