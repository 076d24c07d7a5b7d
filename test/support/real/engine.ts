// The real Docker engine of a test: the one that files share, one after another, or one of its own that may be frozen and killed.

import {
  askEngine,
  callEngine,
  type EngineAnswer,
  type EngineCall,
} from '../../../scripts/local-images/engine-call.ts';
import { startDaemons } from '../../../scripts/private-engine/daemon.ts';
import { awaitGone, isRunning } from '../../../scripts/private-engine/processes.ts';
import { type PrivateEngineOptions, startPrivateEngine } from '../../../scripts/private-engine/start.ts';
import { shutDownPrivateEngine, stopPrivateEngine } from '../../../scripts/private-engine/stop.ts';

/** What every test may do with an engine. */
export interface TestEngine {
  readonly socketPath: string;
  /** For `DOCKER_HOST`. */
  readonly dockerHost: string;
  /** One call whatever the status; path without version. */
  call(call: Omit<EngineCall, 'socketPath'>): Promise<EngineAnswer>;
  /** One call that must succeed; answers with the parsed JSON. */
  ask(call: Omit<EngineCall, 'socketPath'>): Promise<unknown>;
}

/** An engine that belongs to one test alone. */
export interface OwnEngine extends TestEngine, AsyncDisposable {
  /** The daemon's process id; another one after `restart`. */
  pid(): number;
  /** Ends the daemon with this signal and waits until it is gone; its containers fare as they do on a server. */
  kill(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** Starts the daemon again after `kill`, on the same data; `program` is another version, as after an upgrade. */
  restart(program?: PrivateEngineOptions['daemonProgram']): Promise<void>;
  /** The daemon accepts connections and never answers, until `thaw`. */
  freeze(): void;
  thaw(): void;
  /** Ends daemon and containerd in good order and keeps the data, as a power cut that announces itself. */
  shutDown(): Promise<void>;
  /** Ends everything and deletes the data. */
  stop(): Promise<void>;
}

/** Starts an engine of one's own (about half a second). The name becomes unique to this process. */
export async function startEngine(options: PrivateEngineOptions): Promise<OwnEngine> {
  const name = `${options.name}-${process.pid}`;
  let record = await startPrivateEngine({ ...options, name });
  const signal = (sent: NodeJS.Signals) => process.kill(record.pid, sent);
  const stop = () => stopPrivateEngine(name);
  return {
    ...engineAt(record.socketPath),
    pid: () => record.pid,
    async kill(sent) {
      signal(sent);
      const left = await awaitGone([record.pid], 60_000);
      if (left.length > 0) throw new Error(`The engine ${name} did not end within 60 s of ${sent}.`);
    },
    async restart(program) {
      if (isRunning(record.pid)) throw new Error(`The engine ${name} still runs: kill it before restart.`);
      record = await startDaemons({ ...record, daemonProgram: program ?? record.daemonProgram });
    },
    freeze: () => signal('SIGSTOP'),
    thaw: () => signal('SIGCONT'),
    shutDown: () => shutDownPrivateEngine(record),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/**
 * The engine that `scripts/test` started for this file and others before and after it, with the test images in it. Tests
 * use names of their own (see `uniqueName`) and remove what they made.
 */
export function sharedEngine(): TestEngine {
  const socketPath = process.env.TINYFORGE_TEST_ENGINE;
  if (socketPath === undefined || socketPath === '')
    throw new Error(
      'This test needs a real engine: run it with `npm test -- FILE`, or set TINYFORGE_TEST_ENGINE to the output of `scripts/engine start NAME --print socket`.',
    );
  return engineAt(socketPath);
}

/** An engine that listens at this socket. */
export function engineAt(socketPath: string): TestEngine {
  return {
    socketPath,
    dockerHost: `unix://${socketPath}`,
    call: (call) => callEngine({ ...call, socketPath }),
    ask: (call) => askEngine({ ...call, socketPath }),
  };
}

let namesGiven = 0;

/** A name that no other test of this run uses, e.g. `shop-4711-1`; it is a DNS label as long as the prefix is short. */
export function uniqueName(prefix: string): string {
  namesGiven += 1;
  return `${prefix}-${process.pid}-${namesGiven}`;
}
