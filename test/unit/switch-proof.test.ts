// What was seen through the proxy during a switch: counted, the worst gap found, and told in words.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { proofOf, proofWords } from '../../src/core/switch-proof.ts';

const good = (atMs: number) => ({ atMs, ok: true });
const bad = (atMs: number) => ({ atMs, ok: false });

describe('the proof of a switch', () => {
  const cases: [string, Parameters<typeof proofOf>[0], ReturnType<typeof proofOf>][] = [
    ['is none where nothing was asked', [], null],
    ['counts each request', [good(110), good(130)], { requests: 2, failed: 0, worstGapMs: 20 }],
    [
      'has the time without a good answer as its gap, over what failed in between',
      [good(105), bad(200), bad(300), good(400)],
      { requests: 4, failed: 2, worstGapMs: 295 },
    ],
    [
      'counts a gap before the first good answer',
      [bad(150), good(300)],
      { requests: 2, failed: 1, worstGapMs: 200 },
    ],
    ['counts a gap that had not ended', [good(101), bad(500)], { requests: 2, failed: 1, worstGapMs: 399 }],
  ];
  for (const [what, looks, proof] of cases)
    it(what, () => assert.deepEqual(proofOf(looks, { fromMs: 100 }), proof));

  it('is a sentence that a tired person understands', () => {
    assert.equal(
      proofWords({ requests: 1_842, failed: 0, worstGapMs: 41 }),
      '1,842 requests, 0 failed, worst gap 41 ms',
    );
    assert.equal(
      proofWords({ requests: 1, failed: 1, worstGapMs: 1_200 }),
      '1 request, 1 failed, worst gap 1,200 ms',
    );
  });
});
