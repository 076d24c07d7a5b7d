// A port that is taken when Compose starts a service: whose fault it is depends on who chose the port.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { composeUp } from '../../src/engine/handlers/stack.ts';
import type { ActionOf } from '../../src/model/action.ts';
import { fault, isFault } from '../../src/model/errors.ts';

const TAKEN = fault({
  ...{ code: 'PORT_TAKEN', reason: 'PortTaken', disposition: 'stalled' as const },
  message: 'The port 0.0.0.0:32771 is in use by something else.',
});

async function failing(action: Partial<ActionOf<'composeUp'>>): Promise<string> {
  const stacks = {
    render: async () => ({ file: '', projectDirectory: '', variables: {}, discard: async () => {} }),
    good: async () => ({}),
  };
  const context = {
    deps: { stacks, compose: () => ({ up: () => Promise.reject(TAKEN) }) },
    ...{ desired: {}, signal: new AbortController().signal, progress: () => {} },
  };
  const whole = {
    type: 'composeUp',
    model: 'desired',
    services: { web: 'hash' },
    host: 'local',
    project: 'shop',
  };
  try {
    await composeUp({ ...whole, ...action } as never, context as never);
  } catch (error) {
    if (isFault(error)) return `${error.reason} ${error.disposition}`;
    throw error;
  }
  return 'fine';
}

describe('a port that is taken when a service is brought up', () => {
  it('is tried again where the new one starts beside others, for the engine chose the port', async () => {
    assert.equal(await failing({ scale: { web: 2 } }), 'PortTaken retry');
  });
  it('counts against the new files where they name it and others ran before, so that those come back', async () => {
    assert.equal(await failing({}), 'PortTaken version');
  });
});
