// The gate before any switch: a container must prove itself, and when it does not, we keep what it said.
import type { ActionOf } from '../model/action.ts';
import type { CheckTiming, HealthCheck } from '../model/container-spec.ts';
import { type Fault, fault } from '../model/errors.ts';
import type { ContainerFacts, ContainerRuntime } from '../ports/container-runtime.ts';
import type { HandlerContext } from './handlers/context.ts';
import { probeContainer } from './probe-container.ts';

/** What one look said; `ended` ends the wait at once. */
interface Look {
  state: 'healthy' | 'not-yet' | 'ill' | 'unasked' | 'ended';
  detail: string;
  body: string | null;
  /** Of the container that was found healthy. */
  id?: string | null;
}

const LOG_LINES = 20;
const NO_CHECK: CheckTiming = { intervalMs: 1_000, timeoutMs: 1_000, retries: 3, startPeriodMs: 0 };
/** Of the engine's own verdict. */
const POLL_MS = 500;
/** Most are ready a moment after their start, so the first looks come quickly, each after twice the time of the one before. */
const FIRST_PAUSE_MS = 15;

export async function awaitHealthy(action: ActionOf<'awaitHealthy'>, context: HandlerContext): Promise<void> {
  const { clock } = context.deps;
  const { check, container, version } = action;
  const timing = check.type === 'none' ? NO_CHECK : check.timing;
  const startedMs = clock.nowMs();
  let misses = 0;
  let missedMs = Number.NEGATIVE_INFINITY;
  let pauseMs = FIRST_PAUSE_MS;
  let last: Look = { state: 'not-yet', detail: 'was not asked yet', body: null };
  const enginesOwn = check.type !== 'http' && check.type !== 'tcp';
  const deadlineMs = startedMs + patienceMs(check);
  while (true) {
    last = await look(action, context);
    if (last.state === 'healthy') return remember(last.id ?? null, context);
    const nowMs = clock.nowMs();
    if (last.state === 'ended') break;
    const isMiss =
      (last.state === 'ill' || last.state === 'unasked') && nowMs - startedMs >= timing.startPeriodMs;
    // However often it was asked in between: `retries` are those of its interval.
    if (isMiss && nowMs - missedMs >= timing.intervalMs) {
      misses++;
      missedMs = nowMs;
    }
    context.progress(`${last.detail}${misses > 0 ? `, try ${misses} of ${timing.retries}` : ''}`);
    if (
      enginesOwn
        ? clock.nowMs() >= deadlineMs || (last.state === 'ill' && misses > 0)
        : misses >= timing.retries
    )
      break;
    await clock.sleep(Math.min(pauseMs, enginesOwn ? POLL_MS : timing.intervalMs), context.signal);
    pauseMs *= 2;
  }
  throw await notHealthy({
    container,
    version,
    last,
    seconds: (clock.nowMs() - startedMs) / 1000,
    runtime: context.runtime,
    check,
  });
}

/** Longest time that the engine's own check may take to say something, plus one round of grace. */
function patienceMs(check: HealthCheck): number {
  if (check.type === 'none') return 10_000;
  const { startPeriodMs, intervalMs, timeoutMs, retries }: CheckTiming = check.timing;
  const rounds = startPeriodMs + (intervalMs + timeoutMs) * (retries + 1);
  return check.type === 'image' ? Math.max(rounds, 120_000) + check.settleMs : rounds;
}

async function look({ container, check }: ActionOf<'awaitHealthy'>, context: HandlerContext): Promise<Look> {
  const { runtime, deps } = context;
  if (check.type === 'http' || check.type === 'tcp') {
    const target = { runtime, prober: deps.prober, reach: deps.reach(runtime.host) };
    const result = await probeContainer(target, container, check);
    if (result.ok) return { state: 'healthy', detail: result.detail, body: null, id: result.id };
    const facts = await runtime.inspectContainer(container);
    if (hasEnded(facts)) return ended(facts);
    return { state: result.asked ? 'ill' : 'unasked', detail: result.detail, body: result.body };
  }
  const facts = await runtime.inspectContainer(container);
  if (hasEnded(facts) || facts === null) return ended(facts);
  if (facts.health.status === 'healthy')
    return { state: 'healthy', detail: 'healthy', body: null, id: facts.id };
  if (facts.health.status === 'unhealthy')
    return { state: 'ill', detail: 'its health check fails', body: facts.health.lastOutput };
  if (facts.health.status === 'starting')
    return { state: 'not-yet', detail: 'its health check has not passed yet', body: facts.health.lastOutput };
  if (check.type === 'image' || check.type === 'none') {
    return settled(facts, check.type === 'image' ? check.settleMs : 1_000, deps.clock.nowMs());
  }
  return { state: 'not-yet', detail: 'has no health check', body: null };
}

/** Without any check: running for a while without a restart. */
function settled(facts: ContainerFacts, settleMs: number, nowMs: number): Look {
  if (facts.restartCount > 0)
    return { state: 'ended', detail: `ended with exit ${facts.exitCode} and was started again`, body: null };
  const up = facts.startedAtMs === null ? 0 : nowMs - facts.startedAtMs;
  if (up >= settleMs) return { state: 'healthy', detail: 'running', body: null, id: facts.id };
  return { state: 'not-yet', detail: `running for ${Math.max(0, Math.floor(up / 1000))} s`, body: null };
}

function hasEnded(facts: ContainerFacts | null): boolean {
  return (
    facts === null ||
    (!facts.running && facts.state !== 'restarting' && facts.state !== 'created') ||
    facts.restartCount > 2
  );
}

function ended(facts: ContainerFacts | null): Look {
  if (facts === null) return { state: 'ended', detail: 'the container is gone', body: null };
  const why = facts.oomKilled ? ', out of memory' : facts.error === '' ? '' : ` (${facts.error})`;
  return { state: 'ended', detail: `the container ended with exit ${facts.exitCode}${why}`, body: null };
}

function remember(id: string | null, { memory, desired, deps }: HandlerContext): void {
  if (id === null) return;
  memory.facts.add(`healthy:${id}`);
  const atMs = deps.clock.nowMs();
  memory.probes.set(id, { unit: desired.unit, ok: true, detail: 'passed the gate', atMs });
}

interface Failure {
  container: string;
  version: string;
  last: Look;
  seconds: number;
  runtime: ContainerRuntime;
  check: HealthCheck;
}

async function notHealthy({ container, version, last, seconds, runtime }: Failure): Promise<Fault> {
  // Somebody took it off its network, or the way to it is gone: the next plan sees to that, and the version is not judged.
  if (last.state === 'unasked')
    return fault({
      code: 'NOT_REACHABLE',
      reason: 'NotReachable',
      message: `${version} could not be asked whether it is healthy: ${last.detail}`,
      hint: '`tinyforge doctor` shows how probes reach containers.',
      disposition: 'retry',
    });
  const lines = await runtime.logs(container, { tail: LOG_LINES }).catch(() => []);
  const body = last.body === null || last.body.trim() === '' ? [] : [last.body.trim()];
  return fault({
    code: 'UNHEALTHY',
    reason: 'Unhealthy',
    message: `${version} did not become healthy in ${Math.max(1, Math.round(seconds))} s: ${last.detail}`,
    hint: 'The last log lines are kept: `tinyforge logs NAME --failed`.',
    disposition: 'version',
    evidence: [...body, ...lines],
  });
}
