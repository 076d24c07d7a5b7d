// A proxy that is down is left alone for a while: when the circuit opens, who tries, for how long it rests, and what closes it.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createCircuit } from '../../src/proxies/nginx-proxy-manager/circuit.ts';

function stand() {
  let nowMs = 1_000_000;
  const circuit = createCircuit({ nowMs: () => nowMs });
  return {
    ...circuit,
    wait(seconds: number): void {
      nowMs += seconds * 1000;
    },
    /** Calls that are made and fail. */
    fail(times: number): void {
      for (let count = 0; count < times; count += 1) {
        assert.equal(circuit.refusal(), null);
        circuit.failed();
      }
    },
  };
}

describe('the circuit of a proxy', () => {
  it('opens after three failures in a row, and not after as many with a good answer between', () => {
    const at = stand();
    at.fail(2);
    at.succeeded();
    at.fail(2);
    assert.equal(at.refusal(), null);
    at.fail(1);
    assert.equal(at.refusal(), 'it failed 3 times in a row; asked again in 5 s');
  });

  it('lets one call try after its rest, and the others wait for what that finds', () => {
    const at = stand();
    at.fail(3);
    at.wait(4.999);
    assert.match(at.refusal() ?? '', /again in 1 s/);
    at.wait(0.001);
    assert.equal(at.refusal(), null);
    assert.equal(at.refusal(), 'it is being tried whether it is back');
    at.succeeded();
    assert.equal(at.refusal(), null);
    assert.equal(at.refusal(), null);
  });

  it('rests for longer each time that it is not back, a minute at most, and from the start once it was', () => {
    const at = stand();
    at.fail(3);
    for (const seconds of [5, 10, 20, 40, 60, 60]) {
      at.wait(seconds - 0.001);
      assert.notEqual(at.refusal(), null, `${seconds} s`);
      at.wait(0.001);
      at.fail(1);
    }
    at.wait(60);
    assert.equal(at.refusal(), null);
    at.succeeded();
    at.fail(3);
    at.wait(5);
    assert.equal(at.refusal(), null);
  });

  it('of a call that was given up learns nothing: not that it is down, and not that it is back', () => {
    const at = stand();
    at.fail(2);
    assert.equal(at.refusal(), null);
    at.givenUp();
    at.fail(1);
    assert.notEqual(at.refusal(), null, 'the third failure in a row');
    at.wait(5);
    assert.equal(at.refusal(), null);
    at.givenUp();
    assert.equal(at.refusal(), null, 'the next one tries');
    at.failed();
    assert.notEqual(at.refusal(), null);
  });
});
