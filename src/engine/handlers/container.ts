// Starting, stopping and removing a container; of a stack's containers it is remembered which ones we stopped.
import type { ActionOf } from '../../model/action.ts';
import type { HandlerContext } from './context.ts';

export async function startContainer(
  { unit, container }: ActionOf<'startContainer'>,
  context: HandlerContext,
): Promise<void> {
  await context.runtime.startContainer(container);
  if (!isOfStack(context)) return;
  // A job that did its work once has it to do again.
  context.memory.facts.delete(`healthy:${container}`);
  await context.deps.stacks.noLongerStopped(unit, container);
}

export async function stopContainer(
  { unit, container, graceMs }: ActionOf<'stopContainer'>,
  context: HandlerContext,
): Promise<void> {
  if (isOfStack(context)) await context.deps.stacks.willStop(unit, container);
  await context.runtime.stopContainer(container, { graceMs });
  context.memory.forget(container);
}

export async function removeContainer(
  { unit, container }: ActionOf<'removeContainer'>,
  context: HandlerContext,
): Promise<void> {
  await context.runtime.removeContainer(container);
  if (isOfStack(context)) await context.deps.stacks.noLongerStopped(unit, container);
}

/** There is no wish where the whole unit is taken away. */
function isOfStack({ desired }: HandlerContext): boolean {
  return (desired as HandlerContext['desired'] | null)?.kind === 'stack';
}
