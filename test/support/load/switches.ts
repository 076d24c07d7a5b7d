// What clients notice while a version is switched for another again and again: the promise of no downtime, as checks.
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { RoutedController } from '../real/routed.ts';
import type { Deployed } from './deployed.ts';
import { holdSocket } from './held-socket.ts';
import { CALM_LANES, type Load, startLoad } from './load.ts';
import { type Span, switchCost } from './percentiles.ts';
import { fromOneOf } from './versions.ts';

export const SWITCHES = 20;
export const REQUESTS = 20_000;
/** Of each path, with no deploy under way. */
const CALM_ANSWERS = 40;
export const VERSIONS = ['v1', 'v2'] as const;

export function loadOn({ double, domain }: RoutedController): Load {
  const base = double.traffic.http;
  const ownAddress = new URL(base).hostname;
  return startLoad({ base, ownAddress, host: domain, lanes: CALM_LANES, versionOf: fromOneOf(VERSIONS) });
}

/** Begins at `v1`. A WebSocket is held over each switch, and lives on for the drain. */
export async function switchesUnderLoad(
  test: TestContext,
  { routed, deployed, drainMs }: { routed: RoutedController; deployed: Deployed; drainMs: number },
): Promise<void> {
  await using load = loadOn(routed);
  const spans: Span[] = [];
  const held: number[] = [];
  for (let count = 1; count <= SWITCHES; count++) {
    await load.reached(Math.max(load.counts().requests + 200, (REQUESTS * count) / (SWITCHES + 1)));
    const socket = await holdSocket({ base: routed.double.traffic.http, host: routed.domain });
    const { length } = routed.double.requests;
    spans.push(await deployed.to(count % 2 === 0 ? 'v1' : 'v2'));
    const put = routed.double.requests.slice(length).findLast(({ method }) => method === 'PUT');
    assert.ok(put !== undefined && socket.echoed() > 0);
    const closedMs = await socket.closed;
    held.push(closedMs - put.atMs);
  }
  await load.reached(REQUESTS);
  // What to compare with: on a fast machine no long answer fits between two deploys.
  await load.calm(CALM_ANSWERS);
  const { samples, failures, ...counts } = await load.stop();
  test.diagnostic(JSON.stringify(counts));
  const took = spans.map(({ startMs, endMs }) => endMs - startMs).sort((a, b) => a - b);
  test.diagnostic(`${SWITCHES} deploys, the median took ${took[SWITCHES / 2]?.toFixed(0)} ms`);
  const ratios: [string, number][] = [];
  for (const path of new Set(samples.map((sample) => sample.path))) {
    const ofPath = samples.filter((sample) => sample.path === path);
    const { betweenP99Ms, duringP99Ms, ratio } = switchCost(ofPath, spans);
    test.diagnostic(
      `${path}: p99 ${duringP99Ms.toFixed(0)} ms during a deploy, ${betweenP99Ms.toFixed(0)} ms between (${ratio.toFixed(2)} times)`,
    );
    ratios.push([path, ratio]);
  }
  test.diagnostic(`an upgraded connection lived on for ${Math.min(...held)} ms or more after the switch`);
  assert.deepEqual(failures.slice(0, 5), []);
  assert.deepEqual([counts.failed, counts.ok], [0, counts.requests]);
  assert.ok(counts.requests >= REQUESTS);
  for (const version of VERSIONS) assert.ok((counts.byVersion[version] ?? 0) > 1_000);
  assert.ok(Math.min(...held) >= drainMs, `closed ${Math.min(...held)} ms after the switch`);
  for (const [path, ratio] of ratios)
    assert.ok(ratio <= 3, `p99 of ${path} is ${ratio.toFixed(1)} times as long during a deploy`);
}
