// The running controller in this process, watched by what it tells: its overview, its store, and the engine's own events.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Overview, UnitStatus } from '../../../src/model/status.ts';
import type { Pass } from '../../../src/ports/session.ts';
import type { RealController } from './controller.ts';
import { freePort } from './program.ts';
import { until } from './until.ts';

export interface Serving extends AsyncDisposable {
  pass: Pass;
  /** Of its HTTP side. */
  url: string;
  overview(): Overview;
  /** Waits until the unit's status is so, and answers with it. */
  sees(unit: string, what: string, look: (status: UnitStatus) => boolean): Promise<UnitStatus>;
  /** Waits for `converged`, at this release where one is given. */
  converged(unit: string, release?: string): Promise<UnitStatus>;
  /** Waits until a pass that began after this call has ended and all is at rest. */
  rested(): Promise<void>;
  stop(): Promise<void>;
}

/** Long enough for a machine that does other things; a limit against hanging. */
const PATIENCE_MS = 90_000;

/** `run` of the command line, without the process. */
export async function serve(rig: RealController, options: { port?: number } = {}): Promise<Serving> {
  rig.config.listen.port = options.port ?? (await freePort());
  const pass = await rig.open({ write: true, serve: true });
  const ending = new AbortController();
  let failure: unknown;
  const served = pass.serve(ending.signal).catch((error: unknown) => {
    failure = error;
  });
  const overview = (): Overview => pass.controller.overview();
  const sees: Serving['sees'] = async (unit, what, look) => {
    let last: UnitStatus | undefined;
    try {
      return await until({
        what: `${unit} to be ${what}`,
        look: () => {
          if (failure !== undefined) throw failure;
          last = overview().units.find((entry) => entry.unit === unit);
          return last !== undefined && look(last) ? last : undefined;
        },
        timeoutMs: PATIENCE_MS,
      });
    } catch (error) {
      const seen = last === undefined ? 'it is not there' : `${last.outcome}: ${last.sentence}`;
      throw new Error(`${(error as Error).message} Last seen: ${seen}\n${rig.log.slice(-30).join('')}`);
    }
  };
  let stopping: Promise<void> | null = null;
  const stop = (): Promise<void> => {
    stopping ??= (async () => {
      ending.abort('SIGTERM');
      await served;
      await pass.close();
      if (failure !== undefined) throw failure;
    })();
    return stopping;
  };
  return {
    pass,
    url: `http://127.0.0.1:${rig.config.listen.port}`,
    overview,
    sees,
    converged: (unit, release) =>
      sees(
        unit,
        `converged${release === undefined ? '' : ` at ${release}`}`,
        ({ outcome, runs }) => outcome === 'converged' && (release === undefined || runs === release),
      ),
    async rested() {
      await pass.controller.settled({ units: [], signal: AbortSignal.timeout(PATIENCE_MS) });
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** What the engine did to containers, networks, volumes and images that belong to the test, as `type action name`. */
export async function engineWrites(rig: RealController, work: () => Promise<unknown>): Promise<string[]> {
  const sinceMs = Date.now();
  await work();
  const span = `since=${(sinceMs / 1000).toFixed(3)}&until=${(Date.now() / 1000).toFixed(3)}`;
  const { text } = await rig.engine.call({ method: 'GET', path: `/events?${span}` });
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map(
      (line) =>
        JSON.parse(line) as { Type: string; Action: string; Actor: { Attributes: Record<string, string> } },
    )
    .filter(({ Action }) => !/^(?:exec_|health_status)/.test(Action))
    .filter(({ Actor }) => JSON.stringify(Actor.Attributes).includes(rig.name))
    .map(({ Type, Action, Actor }) => `${Type} ${Action} ${Actor.Attributes.name ?? ''}`);
}

/** Path → modification time and size of every file below a folder. */
export function filesOf(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => {
        const path = join(entry.parentPath, entry.name);
        const { mtimeNs, size } = statSync(path, { bigint: true });
        return [path.slice(folder.length + 1), `${mtimeNs} ${size}`];
      })
      .sort(),
  );
}
