// Who asks through the proxy while a version is switched: whether anybody does, for what, and what counts as failed.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isNoticed, probeSwitch } from '../../src/engine/switch-probe.ts';
import type { Action } from '../../src/model/action.ts';
import type { UnitPlan } from '../../src/model/plan.ts';
import type { RouteWish } from '../../src/model/route.ts';
import type { ProxyAnswer, ProxyProvider } from '../../src/ports/proxy-provider.ts';
import { createHurryClock } from '../support/hurry-clock.ts';
import { forwardWish } from '../support/proxy/wishes.ts';
import { PROXY } from '../support/sample-routes.ts';

const WISH = forwardWish();
const UPSTREAM = { scheme: 'http', host: 'shop-4be1c0-1', port: 8080 } as const;
const AT = { unit: 'shop/prod', host: 'local', cause: '' };
const PUT: Action = {
  ...AT,
  ...{ phase: 'switch', type: 'putRoute', key: WISH.key, wish: WISH },
  ...{ traffic: { main: [UPSTREAM], canary: null }, adopt: null },
};
const PROVE: Action = {
  ...AT,
  ...{ phase: 'prove', type: 'proveRoute', key: WISH.key, wish: WISH, target: UPSTREAM },
  ...{ container: UPSTREAM.host, path: '/healthz', version: '2' },
};

const planOf = (actions: readonly Action[], runs: string | null = '1'): UnitPlan =>
  ({ actions, runs }) as unknown as UnitPlan;

interface Watched {
  asked: { wish: RouteWish; path: string }[];
  /** Null where nobody asks; else what was seen in `answers`, one after the other, and then no more. */
  watch(plan: UnitPlan): Promise<{ requests: number; failed: number } | null>;
}

function stand(answers: readonly (number | Error | 'late')[], { probe = true } = {}): Watched {
  const asked: Watched['asked'] = [];
  const all = Promise.withResolvers<void>();
  const proxy = {
    ask(wish: RouteWish, { path, signal }: { path: string; signal: AbortSignal }): Promise<ProxyAnswer> {
      const answer = answers[asked.length] ?? 'late';
      asked.push({ wish, path });
      if (answer instanceof Error) return Promise.reject(answer);
      if (answer !== 'late') return Promise.resolve({ status: answer, body: '', headers: {}, durationMs: 1 });
      all.resolve();
      return new Promise((_resolve, reject) =>
        signal.addEventListener('abort', () => reject(signal.reason as Error)),
      );
    },
  } as Pick<ProxyProvider, 'ask'> as ProxyProvider;
  const deps = {
    clock: createHurryClock(),
    config: { proxy: { ...PROXY, probe } } as Parameters<typeof probeSwitch>[0]['config'],
    proxy,
  };
  return {
    asked,
    async watch(plan) {
      const running = probeSwitch(deps, { plan, desired: null }, new AbortController().signal);
      if (running === null) return null;
      await all.promise;
      const proof = await running.end();
      return proof === null ? null : { requests: proof.requests, failed: proof.failed };
    },
  };
}

describe('while a version is switched', () => {
  it('nobody asks where the settings say so, nothing ran before, or no route is switched', async () => {
    assert.equal(await stand([200], { probe: false }).watch(planOf([PUT])), null);
    assert.equal(await stand([200]).watch(planOf([PUT], null)), null);
    assert.equal(await stand([200]).watch(planOf([PROVE])), null);
    const redirect: Action = {
      ...PUT,
      wish: { ...WISH, target: { type: 'not_found' } },
      traffic: null,
    } as Action;
    assert.equal(await stand([200]).watch(planOf([redirect])), null);
    const putRight: Action = { ...PUT, phase: 'clean' } as Action;
    assert.equal(await stand([200]).watch(planOf([putRight])), null);
  });

  it('clients’ way is asked for what the health check asks for, or for /', async () => {
    const checked = stand([200]);
    await checked.watch(planOf([PROVE, PUT]));
    assert.deepEqual(checked.asked[0], { wish: WISH, path: '/healthz' });
    const plain = stand([200]);
    await plain.watch(planOf([PUT]));
    assert.equal(plain.asked[0]?.path, '/');
  });

  it('what the proxy says itself and what is not answered has failed, what the application says has not', async () => {
    const answers = [200, 502, 404, new Error('cut'), 301, 500, 401];
    assert.deepEqual(await stand(answers).watch(planOf([PUT])), { requests: 7, failed: 3 });
  });

  it('what our own end cuts is not counted', async () => {
    assert.equal(await stand([]).watch(planOf([PUT])), null);
    assert.deepEqual(await stand([200, 200]).watch(planOf([PUT])), { requests: 2, failed: 0 });
  });

  it('begins where visitors may notice something: at the switch, or before who serves is stopped', () => {
    const stop: Action = {
      ...AT,
      phase: 'clean',
      type: 'stopContainer',
      container: 'c1',
      graceMs: 1,
    } as Action;
    const part = { weight: 1, upstreams: [UPSTREAM] } as unknown as null;
    const share = { ...PUT, traffic: { main: [UPSTREAM], canary: part } } as Action;
    const down = { ms: 2_000, why: 'its volume is written by one alone' };
    assert.deepEqual(
      [PUT, share, stop, PROVE].map((action) => [
        isNoticed(action, { downtime: null }),
        isNoticed(action, { downtime: down }),
      ]),
      [
        [true, true],
        [false, false],
        [false, true],
        [false, false],
      ],
    );
  });
});
