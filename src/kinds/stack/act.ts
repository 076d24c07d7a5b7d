// Actions of a stack's plan, with what all of them have in common put in.
import type { Action, Phase } from '../../model/action.ts';
import type { ObservedContainer } from '../../model/observed.ts';
import type { StackService } from '../../model/resolved.ts';

export type Bare<T> = T extends Action ? Omit<T, 'unit' | 'host' | 'phase' | 'cause'> : never;
export type Act = (phase: Phase, action: Bare<Action>) => Action;

export function actFor({ unit, host }: { unit: string; host: string }, cause: string): Act {
  return (phase, action) => ({ unit, host, phase, cause, ...action }) as Action;
}

export function stop(
  act: Act,
  phase: Phase,
  given: { container: ObservedContainer; services: Readonly<Record<string, StackService>> },
): Action {
  const { container, services } = given;
  const graceMs = services[container.compose?.service ?? '']?.stopGraceMs ?? 10_000;
  return act(phase, { type: 'stopContainer', container: container.id, graceMs });
}

export function remove(act: Act, phase: Phase, container: ObservedContainer): Action {
  return act(phase, { type: 'removeContainer', container: container.id });
}
