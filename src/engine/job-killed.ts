// A job of a stack that was killed: once that is somebody's hand or the engine's end, twice it is the version.
import { type Fault, fault } from '../model/errors.ts';
import type { ObservedContainer } from '../model/observed.ts';
import type { ContainerFacts } from '../ports/container-runtime.ts';
import type { HandlerContext } from './handlers/context.ts';
import type { Memory } from './memory.ts';

/** What a process leaves that ended by SIGKILL and by SIGTERM. */
const KILLED: ReadonlySet<number | null> = new Set([137, 143]);

/** JobKilled (retry) the first time that this container was killed, by nobody's lack of memory; null otherwise. */
export function jobKilled(
  container: ObservedContainer,
  facts: ContainerFacts | null,
  memory: Memory,
): Fault | null {
  if (facts === null || facts.running || facts.oomKilled || !KILLED.has(facts.exitCode)) return null;
  const fact = `killed:${container.id}`;
  if (memory.facts.has(fact)) return null;
  memory.facts.add(fact);
  const service = container.compose?.service ?? container.name;
  return fault({
    code: 'JOB_KILLED',
    reason: 'JobKilled',
    message: `${service} was killed in the middle of its work (exit ${facts.exitCode})`,
    hint: 'Nothing to do: it is run again. Killed once more, the version is taken for bad.',
    disposition: 'retry',
  });
}

/** The same for what Compose ran: among the services that it was given. */
export async function jobKilledIn(
  { project, services }: { project: string; services: Readonly<Record<string, string>> },
  { runtime, memory }: Pick<HandlerContext, 'runtime' | 'memory'>,
): Promise<Fault | null> {
  for (const container of await runtime.listContainers()) {
    const { compose, ours, state, exitCode } = container;
    if (compose === null || compose.project !== project || compose.oneOff || state !== 'exited') continue;
    if (services[compose.service] !== ours?.specHash || !KILLED.has(exitCode)) continue;
    const killed = jobKilled(container, await runtime.inspectContainer(container.id), memory);
    if (killed !== null) return killed;
  }
  return null;
}
