// The gate of a stack: each named service is healthy, has run for a moment, or ended well.

import { isLeftover } from '../core/compose-leftover.ts';
import type { ActionOf } from '../model/action.ts';
import { fault } from '../model/errors.ts';
import type { ObservedContainer } from '../model/observed.ts';
import type { ContainerFacts } from '../ports/container-runtime.ts';
import type { HandlerContext } from './handlers/context.ts';
import { jobKilled } from './job-killed.ts';

/** A service without a check must run this long without a restart. */
const SETTLE_MS = 1_000;
const POLL_MS = 200;
const SLOW_POLL_MS = 1_000;
/** A check that still says `starting` after this is told as not healthy. */
const PATIENCE_MS = 300_000;
const LOG_LINES = 20;

type Verdict = { state: 'well' } | { state: 'wait'; text: string } | { state: 'ill'; text: string };

export async function awaitServices(
  action: ActionOf<'awaitServices'>,
  context: HandlerContext,
): Promise<void> {
  const { clock } = context.deps;
  const startedMs = clock.nowMs();
  const well = new Set<string>();
  while (true) {
    const containers = (await context.runtime.listContainers()).filter((entry) => belongs(entry, action));
    const open = containers.filter((entry) => !well.has(entry.id));
    let isAtWork = false;
    let text = containers.length === 0 ? 'no container yet' : null;
    for (const container of open) {
      const facts = await context.runtime.inspectContainer(container.id);
      const { nowMs } = clock;
      const service = container.compose?.service ?? '';
      const isJob = action.jobs.includes(service);
      const endsFirst = action.toTheEnd.includes(service);
      const verdict =
        facts === null
          ? wait(`${container.name} is gone`)
          : judge(container, facts, { nowMs: nowMs(), isJob, endsFirst });
      if (verdict.state === 'ill') {
        const killed = isJob ? jobKilled(container, facts, context.memory) : null;
        throw killed ?? (await ill(container, verdict.text, context));
      }
      if (verdict.state === 'wait') {
        text = verdict.text;
        // As Compose does, which waits for the end of a job as long as that takes.
        isAtWork ||= endsFirst;
      } else {
        well.add(container.id);
        context.memory.facts.add(`healthy:${container.id}`);
      }
    }
    if (text === null) return;
    context.progress(text);
    const waitedMs = clock.nowMs() - startedMs;
    if (waitedMs > PATIENCE_MS && !isAtWork)
      throw await ill(open[0], `was not healthy after ${PATIENCE_MS / 1000} s: ${text}`, context);
    await clock.sleep(waitedMs < 10_000 ? POLL_MS : SLOW_POLL_MS, context.signal);
  }
}

/** Containers of another generation, which may run beside the new ones for a while, are nobody's to wait for. */
function belongs(
  container: ObservedContainer,
  { project, services, spares = [] }: ActionOf<'awaitServices'>,
): boolean {
  const { compose, ours } = container;
  return (
    compose !== null &&
    compose.project === project &&
    !compose.oneOff &&
    !isLeftover(container) &&
    !spares.includes(container.id) &&
    Object.hasOwn(services, compose.service) &&
    services[compose.service] === ours?.specHash
  );
}

function judge(
  container: ObservedContainer,
  facts: ContainerFacts,
  { nowMs, isJob, endsFirst }: { nowMs: number; isJob: boolean; endsFirst: boolean },
): Verdict {
  const service = container.compose?.service ?? container.name;
  if (facts.state === 'exited' || facts.state === 'dead') {
    if (facts.exitCode === 0 && isJob) return { state: 'well' };
    const why = facts.oomKilled ? ', out of memory' : facts.exitCode === 0 ? ', and should go on' : '';
    return { state: 'ill', text: `${service} ended with exit ${facts.exitCode}${why}` };
  }
  if (facts.restartCount > 2)
    return { state: 'ill', text: `${service} ends again and again (exit ${facts.exitCode})` };
  if (facts.state === 'created') return wait(`${service} is not started yet`);
  if (endsFirst) return wait(`${service} is at its work`);
  if (facts.health.status === 'healthy') return { state: 'well' };
  if (facts.health.status === 'unhealthy')
    return { state: 'ill', text: `${service} is unhealthy: ${facts.health.lastOutput ?? 'its check fails'}` };
  if (facts.health.status === 'starting') return wait(`${service}: its health check has not passed yet`);
  const upMs = facts.startedAtMs === null || facts.state !== 'running' ? 0 : nowMs - facts.startedAtMs;
  return upMs >= SETTLE_MS ? { state: 'well' } : wait(`${service} has just started`);
}

function wait(text: string): Verdict {
  return { state: 'wait', text };
}

async function ill(
  container: ObservedContainer | undefined,
  text: string,
  context: HandlerContext,
): Promise<Error> {
  const lines =
    container === undefined
      ? []
      : await context.runtime.logs(container.id, { tail: LOG_LINES }).catch(() => []);
  return fault({
    code: 'UNHEALTHY',
    reason: 'Unhealthy',
    message: text.slice(0, 300),
    hint: 'The last log lines are kept: `tinyforge logs NAME --failed`.',
    disposition: 'version',
    evidence: lines,
  });
}
