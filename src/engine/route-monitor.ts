// Watches the other ends of stand-alone proxies: asked at their interval, told when they go down and when they are back.
import { targetVerdict } from '../core/route/facts.ts';
import type { Desired, DesiredProxy, Monitor } from '../model/desired.ts';
import type { MonitorRow } from '../model/record.ts';
import type { EngineDeps } from './deps.ts';
import type { Memory } from './memory.ts';

/** A look that shows nothing new is written down this often only: flash cards of small machines wear out. */
const HISTORY_MS = 600_000;
/** After a start not all are asked in the same instant. */
const SPREAD_MS = 2_000;

type Deps = Pick<EngineDeps, 'prober' | 'clock' | 'store' | 'log'>;

export interface RouteMonitor {
  /** Begins and ends watches until they are those of the wish. Between two equal wishes nothing is interrupted. */
  watch(units: readonly Desired[]): void;
  /** Ends all of them. */
  stop(): void;
}

interface Watch {
  key: string;
  end: AbortController;
}

interface Other {
  unit: string;
  monitor: Monitor;
  scheme: 'http' | 'https';
  host: string;
  port: number;
}

/** What is known of one of them. */
interface State {
  down: boolean;
  badInRow: number;
  written: Pick<MonitorRow, 'ok' | 'state' | 'detail' | 'atMs'> | null;
}

/** `onChange` is told the unit whose other end went down or came back. */
export function createRouteMonitor(
  deps: Deps,
  memory: Memory,
  onChange: (unit: string) => void,
): RouteMonitor {
  const watches = new Map<string, Watch>();

  function end(unit: string): void {
    watches.get(unit)?.end.abort(new Error('not watched any more'));
    watches.delete(unit);
    memory.probes.delete(targetVerdict(unit));
  }

  async function watchOne(other: Other, signal: AbortSignal): Promise<void> {
    const { unit, monitor } = other;
    const state = startOf(unit);
    await deps.clock.sleep(deps.clock.random() * Math.min(SPREAD_MS, monitor.intervalMs), signal);
    for (;;) {
      await look(other, state, signal);
      await deps.clock.sleep(monitor.intervalMs, signal);
    }
  }

  /** A restart of ours is no news of theirs: what was down before is down until it answers. */
  function startOf(unit: string): State {
    const [last = null] = deps.store.monitorResults(unit, { limit: 1 });
    const down = last?.state === 'down';
    if (last !== null && down) {
      memory.probes.set(targetVerdict(unit), { unit, ok: false, detail: last.detail, atMs: last.atMs });
    }
    return { down, badInRow: 0, written: last };
  }

  async function look(other: Other, state: State, signal: AbortSignal): Promise<void> {
    const { unit, monitor } = other;
    const { host, port } = other;
    const startedMs = deps.clock.nowMs();
    const { timeoutMs } = monitor;
    const { ok, detail } =
      monitor.type === 'tcp'
        ? await deps.prober.tcp({ host, port, timeoutMs })
        : await deps.prober.http({ host, port, path: monitor.path, timeoutMs, scheme: other.scheme });
    if (signal.aborted) return;
    const atMs = deps.clock.nowMs();
    const before = state.down;
    state.badInRow = ok ? 0 : state.badInRow + 1;
    state.down = ok ? false : state.down || state.badInRow >= monitor.retries;
    if (ok || state.down) memory.probes.set(targetVerdict(unit), { unit, ok, detail, atMs });
    keep(
      {
        unit,
        ok,
        detail,
        atMs,
        durationMs: Math.max(0, atMs - startedMs),
        state: state.down ? 'down' : 'up',
      },
      state,
    );
    if (state.down === before) return;
    tell(other, { state, detail, atMs });
    onChange(unit);
  }

  function keep(row: Omit<MonitorRow, 'id'>, state: State): void {
    const { written } = state;
    const isNews =
      written === null ||
      written.ok !== row.ok ||
      written.state !== row.state ||
      written.detail !== row.detail ||
      row.atMs - written.atMs >= HISTORY_MS;
    if (!isNews) return;
    deps.store.addMonitorResult(row);
    state.written = row;
  }

  function tell(
    { unit, host, port, monitor }: Other,
    { state, detail, atMs }: { state: State; detail: string; atMs: number },
  ): void {
    const times = monitor.retries === 1 ? '' : `, ${monitor.retries} times in a row`;
    deps.store.addEvent(
      state.down
        ? {
            atMs,
            severity: 'warn',
            unit,
            reason: 'ProxyTargetDown',
            message: `${host}:${port}, where ${unit} leads, is down: ${detail}${times}`,
          }
        : {
            atMs,
            severity: 'info',
            unit,
            reason: 'ProxyTargetUp',
            message: `${host}:${port}, where ${unit} leads, is back: ${detail}`,
          },
    );
  }

  return {
    watch(units) {
      const wanted = new Map(units.flatMap(otherEnds).map((other) => [other.unit, other]));
      for (const [unit, { key }] of watches) {
        const other = wanted.get(unit);
        if (other === undefined || JSON.stringify(other) !== key) end(unit);
      }
      for (const [unit, other] of wanted) {
        if (watches.has(unit)) continue;
        const watch = { key: JSON.stringify(other), end: new AbortController() };
        watches.set(unit, watch);
        watchOne(other, watch.end.signal).catch((error: unknown) => {
          if (watch.end.signal.aborted) return;
          // The next pass begins it anew.
          watches.delete(unit);
          deps.log.warn('a monitor ended', { workload: unit, error });
        });
      }
    },
    stop() {
      for (const unit of [...watches.keys()]) end(unit);
    },
  };
}

function otherEnds(desired: Desired): Other[] {
  if (desired.kind !== 'proxy' || desired.monitor === null || desired.state === 'stopped') return [];
  const { unit, monitor } = desired;
  const at = placeOf(desired);
  return at === null ? [] : [{ unit, monitor, ...at }];
}

function placeOf({ target, forward }: DesiredProxy): Pick<Other, 'scheme' | 'host' | 'port'> | null {
  if (forward !== null) return forward;
  return target.type === 'stream' ? { scheme: 'http', host: target.host, port: target.port } : null;
}
