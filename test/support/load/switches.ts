// What clients notice while a version is switched for another again and again: the promise of no downtime, as checks.
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { Routed } from '../real/routed.ts';
import type { Deployed } from './deployed.ts';
import { CALM_LANES, type Load, type Sample, startLoad } from './load.ts';
import { type Span, switchCost } from './percentiles.ts';
import { fromOneOf } from './versions.ts';

const SWITCHES = 20;
const REQUESTS = 20_000;
/** Of each path, with no deploy under way. */
const CALM_ANSWERS = 40;
export const VERSIONS = ['v1', 'v2'] as const;

/** Somebody who looks at each deploy from beside. */
export interface Witness {
  /** Called before each; what it gives is called after. */
  begin(): Promise<{ ended(): Promise<void> }>;
  /** When the proxy took another configuration. */
  changes(): Span[];
}

export function loadOn({ traffic: { http: base }, domain: host }: Pick<Routed, 'traffic' | 'domain'>): Load {
  const ownAddress = new URL(base).hostname;
  return startLoad({ base, ownAddress, host, lanes: CALM_LANES, versionOf: fromOneOf(VERSIONS) });
}

/** Begins at `v1`. */
export async function switchesUnderLoad(
  test: TestContext,
  { routed, deployed, witness }: { routed: Routed; deployed: Deployed; witness?: Witness },
): Promise<void> {
  await using load = loadOn(routed);
  const spans: Span[] = [];
  for (let count = 1; count <= SWITCHES; count++) {
    await load.reached(Math.max(load.counts().requests + 200, (REQUESTS * count) / (SWITCHES + 1)));
    const seen = await witness?.begin();
    spans.push(await deployed.to(count % 2 === 0 ? 'v1' : 'v2'));
    await seen?.ended();
  }
  await load.reached(REQUESTS);
  // What to compare with: on a fast machine no long answer fits between two deploys.
  await load.calm(CALM_ANSWERS);
  const { samples, failures, ...counts } = await load.stop();
  test.diagnostic(JSON.stringify(counts));
  const took = spans.map(({ startMs, endMs }) => endMs - startMs).sort((a, b) => a - b);
  test.diagnostic(`${SWITCHES} deploys, the median took ${took[SWITCHES / 2]?.toFixed(0)} ms`);
  assert.deepEqual(failures.slice(0, 5), []);
  assert.deepEqual([counts.failed, counts.ok], [0, counts.requests]);
  assert.ok(counts.requests >= REQUESTS);
  for (const version of VERSIONS) assert.ok((counts.byVersion[version] ?? 0) > 1_000);
  assertNoSlower(test, { samples, spans, what: 'a deploy' });
  if (witness !== undefined)
    assertNoSlower(test, { samples, spans: witness.changes(), what: 'a change of the proxy' });
}

/** The slow end of the answers of each path is at most three times as slow meanwhile. */
function assertNoSlower(
  test: TestContext,
  { samples, spans, what }: { samples: readonly Sample[]; spans: readonly Span[]; what: string },
): void {
  const costs = [...new Set(samples.map(({ path }) => path))].map((path) => {
    const ofPath = samples.filter((sample) => sample.path === path);
    return { path, ...switchCost(ofPath, spans) };
  });
  for (const { path, duringP99Ms, allP99Ms, betweenP99Ms, ratio } of costs)
    test.diagnostic(
      `${path}: p99 ${duringP99Ms.toFixed(0)} ms during ${what} (${allP99Ms.toFixed(0)} over all), ${betweenP99Ms.toFixed(0)} ms between (${ratio.toFixed(2)} times)`,
    );
  for (const { path, ratio } of costs)
    assert.ok(ratio <= 3, `p99 of ${path} is ${ratio.toFixed(1)} times as long during ${what}`);
}
