// Caddy closes its admin socket with each change and resets who waits there: no call of ours is lost or done twice.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { ProxyProvider } from '../../src/ports/proxy-provider.ts';
import { startUpstream, type TestUpstream } from '../support/proxy/upstreams.ts';
import { forwardWish, toAll } from '../support/proxy/wishes.ts';
import { openCaddy, type RealCaddy, startCaddy } from '../support/real/caddy.ts';
import { type Cutting, cutting } from '../support/real/cutting.ts';

const { signal } = new AbortController();

describe('a call of the admin API that is cut', () => {
  let caddy: RealCaddy;
  let between: Cutting;
  let blue: TestUpstream;
  before(async () => {
    between = await cutting(() => Number(new URL(caddy.config.url).port));
    caddy = await startCaddy({ origins: [`127.0.0.1:${between.port}`] });
    blue = await startUpstream('blue');
  });
  after(async () => {
    await blue?.[Symbol.asyncDispose]();
    await between?.[Symbol.asyncDispose]();
    await caddy?.stop();
  });

  const wish = forwardWish({ domains: ['shop.example.test'] });
  const STORY: Record<string, (provider: ProxyProvider) => Promise<unknown>> = {
    'a first route': (provider) => provider.put({ wish, traffic: toAll(blue.upstream), adopt: null }, signal),
    'a second one': (provider) =>
      provider.put(
        {
          wish: { ...wish, key: 'docs/prod', domains: ['docs.example.test'] },
          traffic: toAll(blue.upstream),
          adopt: null,
        },
        signal,
      ),
    'a changed route': (provider) =>
      provider.put(
        { wish: { ...wish, domains: ['store.example.test'] }, traffic: toAll(blue.upstream), adopt: null },
        signal,
      ),
    'a removed route': async (provider) => {
      const { routes } = await provider.list(signal);
      const id = routes.find(({ owner }) => owner?.key === wish.key)?.id ?? '';
      await provider.remove(id, signal);
    },
  };

  for (const moment of ['before it is heard', 'when its answer is on the way'] as const)
    it(`${moment} is asked again, and done once`, { timeout: 120_000 }, async () => {
      const provider = openCaddy({
        ...caddy,
        config: { ...caddy.config, url: `http://127.0.0.1:${between.port}` },
      });
      const steps = Object.entries(STORY);
      let cuts = 0;
      for (const [index, [name, step]] of steps.entries()) {
        between.cut(0, 'before');
        await caddy.restart();
        for (const [, earlier] of steps.slice(0, index)) await earlier(provider);
        const before = await caddy.api('GET', '/config/');
        between.cut(0, 'before');
        await step(provider);
        const calls = between.connections();
        const wanted = await caddy.api('GET', '/config/');
        for (let nth = 1; nth <= calls; nth++) {
          await caddy.restart();
          if (before !== null) await caddy.api('POST', '/load', before);
          between.cut(nth, moment === 'before it is heard' ? 'before' : 'after');
          await step(provider);
          assert.ok(between.connections() > calls, `${name}: call ${nth} was asked once more`);
          assert.deepEqual(await caddy.api('GET', '/config/'), wanted, `${name}: call ${nth} was cut`);
          cuts++;
        }
      }
      assert.ok(cuts >= 10, `${cuts} calls were cut`);
    });
});
