// The faults of a fake engine: those an engine has by nature, and those that a test puts in the way of a call.
import { type Disposition, type Fault, fault } from '../../src/model/errors.ts';
import type { ContainerRuntime } from '../../src/ports/container-runtime.ts';

/** A fault as the port's documentation names it: EngineSlow, NameTaken, PortTaken, … */
export function engineFault(reason: string, disposition: Disposition, message: string): Fault {
  const code = reason.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase();
  return fault({ code, reason, message, disposition, hint: 'A hint.' });
}

export const engineAway = (): Fault =>
  engineFault('EngineAway', 'retry', 'engine local does not answer (nobody listens on the socket)');

export const engineSlow = (call: string): Fault =>
  engineFault('EngineSlow', 'retry', `engine local does not answer: no reply to ${call}`);

export const containerGone = (container: string): Fault =>
  engineFault('ContainerGone', 'conflict', `engine local no longer has container ${container}`);

/**
 * - `before`: the call fails and nothing was done.
 * - `after`: it was done, and fails all the same (a deadline that passed, an answer that was cut).
 * - `late`: it fails, and is done some calls later, as an engine does what was asked of it before it was frozen.
 * - `never`: it is not done and never settles.
 */
export type FaultMoment = 'before' | 'after' | 'late' | 'never';

export interface PlannedFault<Call extends string = keyof ContainerRuntime> {
  call: Call;
  moment: FaultMoment;
  /** Null for `never`. */
  error: Error | null;
  /** Only for calls about this container, network, volume or image. */
  subject: string | null;
  /** So many calls that match pass before it. */
  skip?: number;
}

export interface FaultPlan<Call extends string = keyof ContainerRuntime> {
  add(planned: PlannedFault<Call>): void;
  /** Wraps one call: what was planned for it happens once. */
  around<T>(call: Call, subject: string, effect: () => Promise<T> | T): Promise<T>;
  /** Faults that nothing met yet: a test that leaves some did not test what it says. */
  left(): readonly PlannedFault<Call>[];
  /** Each call so far, in their order. */
  calls: Call[];
}

/** Calls that go by before one that is `late` is done. */
const LATE_BY = 3;

/** Its calls are an engine's, or those of another fake that names its own. */
export function createFaultPlan<Call extends string = keyof ContainerRuntime>(): FaultPlan<Call> {
  const plan: PlannedFault<Call>[] = [];
  const calls: Call[] = [];
  const late: { calls: number; effect: () => unknown }[] = [];
  return {
    add: (planned) => void plan.push(planned),
    left: () => plan,
    calls,
    async around(call, subject, effect) {
      calls.push(call);
      for (const one of late.splice(0))
        if (one.calls > 1) late.push({ ...one, calls: one.calls - 1 });
        else
          await Promise.resolve()
            .then(one.effect)
            .catch(() => {});
      const index = plan.findIndex(
        (planned) => planned.call === call && (planned.subject === null || planned.subject === subject),
      );
      const found = plan[index];
      if (found !== undefined && (found.skip ?? 0) > 0)
        plan[index] = { ...found, skip: (found.skip ?? 0) - 1 };
      const isDue = found !== undefined && (found.skip ?? 0) === 0;
      const planned = isDue ? (plan.splice(index, 1)[0] ?? null) : null;
      if (planned?.moment === 'late') {
        late.push({ calls: LATE_BY, effect });
        throw planned.error ?? engineSlow(call);
      }
      if (planned?.moment === 'never') return new Promise(() => undefined);
      if (planned?.moment === 'before') throw planned.error ?? engineSlow(call);
      const result = await effect();
      if (planned?.moment === 'after') throw planned.error ?? engineSlow(call);
      return result;
    },
  };
}
