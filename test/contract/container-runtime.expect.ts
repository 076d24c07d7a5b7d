// The ways in which the runtime contract looks at containers and faults.
import assert from 'node:assert/strict';
import { type Disposition, isFault } from '../../src/model/errors.ts';
import type { ObservedContainer } from '../../src/model/observed.ts';
import type { ContainerRuntime } from '../../src/ports/container-runtime.ts';
import { until } from '../support/real/until.ts';

/** The container of that name in the list; undefined when it is not there. */
export async function inList(
  runtime: ContainerRuntime,
  name: string,
): Promise<ObservedContainer | undefined> {
  return (await runtime.listContainers()).find((container) => container.name === name);
}

/** The call must fail with this fault, in words a person can read. */
export async function rejectsWith(
  work: Promise<unknown>,
  expected: { reason: string; disposition: Disposition; words?: RegExp },
): Promise<void> {
  await assert.rejects(work, (error) => {
    assert.ok(isFault(error), `not a fault: ${error}`);
    assert.equal(error.reason, expected.reason, error.message);
    assert.equal(error.disposition, expected.disposition);
    assert.equal(error.code, expected.reason.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase());
    assert.ok(error.hint?.endsWith('.'), 'a fault has a hint that is a sentence');
    if (expected.words !== undefined) assert.match(error.message, expected.words);
    return true;
  });
}

/**
 * Waits until its own check calls it healthy. Whoever wants to see how a container takes a stop waits for this first:
 * process 1 has no default for SIGTERM, so one that comes before the program has set its handler is lost, and the
 * container is killed after its grace (exit 137).
 */
export async function healthy(runtime: ContainerRuntime, name: string): Promise<void> {
  await until({
    what: `${name} to be healthy`,
    look: async () => (await inList(runtime, name))?.health === 'healthy',
  });
}
