// How the other end of a stand-alone proxy is watched.
import { durationMs } from '../../core/compose-values.ts';
import type { Report } from '../../core/validate-report.ts';
import type { DesiredProxy, Monitor } from '../../model/desired.ts';
import type { ProxyManifest } from './schema.ts';

const DEFAULTS = { intervalMs: 30_000, timeoutMs: 5_000, retries: 3 };
/** More often is a load on the other end, and tells nobody anything sooner. */
const MIN_INTERVAL_MS = 1_000;

export function readMonitor(
  { monitor }: ProxyManifest,
  { target, report }: { target: DesiredProxy['target'] | null; report: Report },
): Monitor | null {
  if (monitor === undefined) return null;
  const { http, tcp, interval, timeout, retries = DEFAULTS.retries } = monitor;
  if ((http === undefined) === (tcp !== true)) report.add(['monitor'], ONE_WAY);
  if (target?.type === 'redirect' || target?.type === 'not_found') report.add(['monitor'], NOTHING_BEHIND);
  if (target?.type === 'stream' && (http !== undefined || !target.tcp)) report.add(['monitor'], TCP_ONLY);
  const time = (key: 'interval' | 'timeout', written: string | undefined): number =>
    (written === undefined ? undefined : report.take(['monitor', key], durationMs(written))) ??
    DEFAULTS[`${key}Ms`];
  const intervalMs = time('interval', interval);
  const timeoutMs =
    timeout === undefined ? Math.min(DEFAULTS.timeoutMs, intervalMs) : time('timeout', timeout);
  if (intervalMs < MIN_INTERVAL_MS) report.add(['monitor', 'interval'], TOO_OFTEN);
  if (timeoutMs > intervalMs || timeoutMs === 0) report.add(['monitor', 'timeout'], TOO_LONG);
  return { type: http === undefined ? 'tcp' : 'http', path: http ?? '/', intervalMs, timeoutMs, retries };
}

const ONE_WAY = {
  reason: 'Conflict',
  message: 'A monitor asks in one way: `http` with a path, or `tcp: true`.',
  hint: 'for example `monitor: { http: / }`',
};
const NOTHING_BEHIND = {
  reason: 'NotAllowed',
  message: 'Nothing is behind this route that could be asked.',
  hint: 'take `monitor` out',
};
const TCP_ONLY = {
  reason: 'NotAllowed',
  message: 'A stream is watched by TCP, and only where it takes TCP.',
  hint: 'write `monitor: { tcp: true }`, or take it out',
};
const TOO_OFTEN = {
  reason: 'OutOfRange',
  message: 'Once a second is the most.',
  hint: 'for example `interval: 30s`',
};
const TOO_LONG = {
  reason: 'OutOfRange',
  message: 'One look ends before the next begins, and takes longer than nothing.',
  hint: 'for example `timeout: 5s`',
};
