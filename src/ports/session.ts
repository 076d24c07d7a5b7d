// What a command of the CLI can open: a reader of what is recorded, or a loop of its own.
import type { Config } from '../model/config.ts';
import type { Desired } from '../model/desired.ts';
import type { Plan } from '../model/plan.ts';
import type { Problem } from '../model/problem.ts';
import type { Overview } from '../model/status.ts';
import type { UnitId } from '../model/unit.ts';
import type { ContainerRuntime } from './container-runtime.ts';
import type { Control } from './control.ts';
import type { Change, Controller } from './controller.ts';
import type { DesiredEdits } from './desired-edits.ts';
import type { Secrets } from './secrets.ts';
import type { Store } from './store.ts';

/** Reads the index and the control files of a data directory; another process may be the writer. */
export interface Reader {
  config: Config;
  /** Null where no controller has ever run here. */
  store: Store | null;
  control: Control;
  secrets: Secrets;
  runtime(host: string): ContainerRuntime;
  close(): Promise<void>;
}

/** One check of `doctor`. */
export interface Check {
  status: 'fine' | 'warning' | 'problem' | 'off';
  /** `engine local`, `source home`. */
  subject: string;
  text: string;
  hint: string | null;
}

/** A text of a manifest file, for code frames. */
export type ReadLine = (problem: Problem) => string | null;

/** A loop of its own in this process. */
export interface Pass {
  config: Config;
  controller: Controller;
  store: Store;
  control: Control;
  secrets: Secrets;
  /** Reads and plans; changes nothing, not even the index. */
  plan(options: { prune: boolean; units: string[] }): Promise<Plan>;
  /** What the newest reading asks for, by unit; null where no manifest declares it. For `diff`, after `plan`. */
  desired(unit: UnitId): Desired | null;
  /** Passes until everything is at rest, waits, or is held. */
  apply(options: {
    prune: boolean;
    units: string[];
    signal: AbortSignal;
    onChange: (change: Change) => void;
  }): Promise<Overview>;
  /** Runs until the signal; then drains what is under way. */
  serve(signal: AbortSignal): Promise<void>;
  doctor(): Promise<Check[]>;
  /** Changes the wish where it is written, after the sources were read; a pass with `write` alone. */
  edit: DesiredEdits['edit'];
  /** Makes the account of the configuration the first one of a new proxy; resolves to its name. Throws a fault. */
  createProxyAdmin(signal: AbortSignal): Promise<string>;
  /** Text of a file of a source, as the last reading saw it. */
  fileText(source: string, file: string): string | null;
  close(): Promise<void>;
}

/** What `validate` finds, without engine and without database. */
export interface Validation {
  files: number;
  units: number;
  problems: Problem[];
  fileText(source: string, file: string): string | null;
}

/** What a pass is opened for. */
export interface PassWish {
  write: boolean;
  serve?: boolean;
}

/** Given to the CLI by the wiring. */
export interface Sessions {
  /** Reads tinyforge.yaml, environment and flags. Throws a fault with a problem list in words. */
  loadConfig(options: { file: string | null; overrides: Record<string, string> }): Promise<Config>;
  openReader(config: Config): Promise<Reader>;
  /**
   * `write: false` for plan, diff, doctor; `write: true` takes the data directory's lock (fault ControllerRunning when
   * taken). `serve: true` is for a pass whose `serve` will be called.
   */
  openPass(config: Config, options: PassWish): Promise<Pass>;
  validate(config: Config): Promise<Validation>;
  /** JSON Schema of one kind, or of all as one document. */
  schema(kind: string | null): unknown;
  kinds(): string[];
}
