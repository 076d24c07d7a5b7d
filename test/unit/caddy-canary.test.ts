// A canary's share is a pattern over tickets: exactly those below the mark, and never fewer of them for a larger share.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ticketPattern } from '../../src/proxies/caddy/canary.ts';

const ALL = 65_536;
const ticket = (value: number): string => value.toString(16).padStart(4, '0');

describe("a canary's tickets", () => {
  it('are those below the share, and no others', () => {
    const limits = fc.integer({ min: 1, max: ALL });
    const values = fc.integer({ min: 0, max: ALL - 1 });
    fc.assert(
      fc.property(limits, values, (limit, value) => {
        const isChosen = new RegExp(`^${ticketPattern(limit / ALL)}$`).test(ticket(value));
        assert.equal(isChosen, value < limit);
      }),
      { numRuns: 5_000 },
    );
  });
  it('are the right ones at the mark itself', () => {
    for (const limit of [1, 15, 16, 17, 255, 256, 655, 4_096, 32_768, ALL - 1])
      for (const value of [limit - 1, limit])
        assert.equal(
          new RegExp(`^${ticketPattern(limit / ALL)}$`).test(ticket(value)),
          value < limit,
          `${value} of ${limit}`,
        );
  });
  it('are at least one, however small the share', () => {
    assert.ok(new RegExp(`^${ticketPattern(0.000_001)}$`).test('0000'));
  });
});
