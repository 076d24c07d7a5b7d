// What is seen of deploys from beside Nginx Proxy Manager: a WebSocket that is held over each, and when nginx was reloaded.
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { RoutedController } from '../real/routed.ts';
import { holdSocket } from './held-socket.ts';
import type { Span } from './percentiles.ts';
import type { Witness } from './switches.ts';

/** A reload is over for clients when the new workers have taken over and the load of starting them is past. */
const RELOAD_MS = 500;

export interface NpmWitness extends Witness {
  /** Each WebSocket lived on for the drain after the switch, and was answered in that time. */
  assertHeld(test: TestContext, drainMs: number): void;
}

export function npmWitness({ double, domain }: RoutedController): NpmWitness {
  const held: { livedMs: number; answeredMs: number }[] = [];
  const reloads: Span[] = [];
  return {
    changes: () => reloads,
    async begin() {
      const socket = await holdSocket({ base: double.traffic.http, host: domain });
      const { length } = double.requests;
      return {
        async ended() {
          const puts = double.requests.slice(length).filter(({ method }) => method === 'PUT');
          for (const { atMs } of puts) {
            const startMs = atMs - performance.timeOrigin;
            reloads.push({ startMs, endMs: startMs + RELOAD_MS });
          }
          const switched = puts.at(-1);
          assert.ok(switched !== undefined, 'nothing was written to the proxy');
          const closedMs = await socket.closed;
          const answeredMs = (socket.echoedMs() ?? 0) - switched.atMs;
          held.push({ livedMs: closedMs - switched.atMs, answeredMs });
        },
      };
    },
    assertHeld(test, drainMs) {
      const least = (of: 'livedMs' | 'answeredMs') => Math.min(...held.map((one) => one[of]));
      test.diagnostic(
        `an upgraded connection lived on for ${least('livedMs')} ms or more after the switch, and was answered for ${least('answeredMs')} ms`,
      );
      assert.ok(least('livedMs') >= drainMs, `closed ${least('livedMs')} ms after the switch`);
      assert.ok(least('answeredMs') >= drainMs / 2, `answered until ${least('answeredMs')} ms after it`);
    },
  };
}
