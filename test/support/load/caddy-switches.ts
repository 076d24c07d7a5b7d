// Switches between two versions through a real Caddy under load, and prints what came of it; run in a network of its own.

import { forwardWish, toAll } from '../proxy/wishes.ts';
import { openCaddy, startCaddy } from '../real/caddy.ts';
import { type LoadCounts, MIXED_LANES, startLoad } from './load.ts';
import { type Span, type SwitchCost, switchCost } from './percentiles.ts';
import type { Version } from './versions.ts';
import { fromOneOf, startVersion } from './versions.ts';

export interface CaddySwitches extends LoadCounts {
  switches: number;
  failures: string[];
  /** By path. */
  cost: Record<string, SwitchCost>;
}

const SWITCHES = 24;
const REQUESTS = 21_600;

await using caddy = await startCaddy();
await using blue = await startVersion('v1');
await using green = await startVersion('v2');
const proxy = openCaddy(caddy);
const { signal } = new AbortController();
const sendTo = ({ port }: Version): Promise<void> =>
  proxy.put(
    { wish: forwardWish(), traffic: toAll({ scheme: 'http', host: '127.0.0.1', port }), adopt: null },
    signal,
  );

await sendTo(blue);
await using load = startLoad({
  base: caddy.config.traffic.http,
  host: 'shop.example.test',
  lanes: MIXED_LANES,
  versionOf: fromOneOf(['v1', 'v2']),
});
const spans: Span[] = [];
for (let count = 1; count <= SWITCHES; count++) {
  await load.reached(Math.floor((REQUESTS * count) / (SWITCHES + 1)));
  const startMs = performance.now();
  await sendTo(count % 2 === 0 ? blue : green);
  spans.push({ startMs, endMs: performance.now() });
}
await load.reached(REQUESTS);
const { samples, ...rest } = await load.stop();
const paths = [...new Set(samples.map(({ path }) => path))];
const cost = Object.fromEntries(
  paths.map((path) => [
    path,
    switchCost(
      samples.filter((sample) => sample.path === path),
      spans,
    ),
  ]),
);
const result: CaddySwitches = { ...rest, switches: SWITCHES, cost };
process.stdout.write(JSON.stringify(result));
