// Who we are to Nginx Proxy Manager, and when it is left alone: tokens renewed and had anew, a circuit that opens and closes.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startAskedNpm } from '../support/npm/asked.ts';
import type { FaultKind } from '../support/npm/faults.ts';
import { npmVersions } from '../support/npm/quirks.ts';
import { insertUser } from '../support/npm/user-routes.ts';
import { rejectsWith } from '../support/proxy-provider-contract.ts';

const SIGNAL = new AbortController().signal;
const HOUR_MS = 3_600_000;
const LIST = '/nginx/proxy-hosts';
const OTHERS = /\/nginx\/(?:redirection-hosts|dead-hosts|streams) /;

describe('a token of Nginx Proxy Manager', () => {
  const lives: readonly { hours: number; refused?: true; tokens: readonly string[] }[] = [
    { hours: 22, tokens: [] },
    { hours: 23.5, tokens: ['GET /tokens 200'] },
    { hours: 23.5, refused: true, tokens: ['GET /tokens 400', 'POST /tokens 200'] },
    { hours: 25, tokens: ['POST /tokens 200'] },
  ];
  for (const { hours, refused, tokens } of lives)
    it(`of a day is after ${hours} hours ${refused ? 'not renewed: ' : ''}${tokens.join(', ') || 'taken as it is'}`, async () => {
      await using place = await startAskedNpm();
      const { provider, asked, wait, double } = place;
      await provider.list(SIGNAL);
      asked();
      wait(hours * HOUR_MS);
      if (refused) double.faults.next({ match: { method: 'GET', path: '/tokens' }, kind: 'token-expired' });
      await provider.list(SIGNAL);
      assert.deepEqual(
        asked().filter((one) => one.includes('/tokens')),
        tokens,
      );
    });

  const forms: Readonly<Record<string, { kind: FaultKind; status: number }>> = {
    'an expired one': { kind: 'token-expired', status: 400 },
    'a path that is not there': { kind: '404', status: 404 },
    'a damaged one, which is an error of its own to it,': { kind: '500-before', status: 500 },
  };
  for (const [what, { kind, status }] of Object.entries(forms))
    it(`that is refused as ${what} is had anew once, and what was asked is asked again`, async () => {
      await using place = await startAskedNpm();
      const { provider, asked, double } = place;
      await provider.list(SIGNAL);
      asked();
      double.faults.next({ match: { path: LIST }, kind });
      await provider.list(SIGNAL);
      assert.deepEqual(
        asked().filter((one) => !OTHERS.test(one)),
        [`GET ${LIST} ${status}`, 'POST /tokens 200', `GET ${LIST} 200`],
      );
      for (let times = 0; times < 2; times += 1) double.faults.next({ match: { path: LIST }, kind: '404' });
      await rejectsWith('ProxyForbidden', provider.list(SIGNAL));
      assert.equal(asked().filter((one) => one === 'POST /tokens 200').length, 1, 'and no more than once');
    });

  for (const version of npmVersions)
    it(`of an account that was made anew is had anew, as ${version} tells that`, async () => {
      await using place = await startAskedNpm({ version });
      const { provider, asked, double } = place;
      await provider.list(SIGNAL);
      asked();
      const { users } = double.world.tables;
      for (const user of users.all()) users.remove(user);
      const names = { name: 'A', nickname: 'A', email: double.email, roles: ['admin'] };
      insertUser(double.world, { ...names, auth: { type: 'password', secret: double.password } });
      await provider.list(SIGNAL);
      const refused = ['2.13.0', '2.13.6', '2.14.0', '2.15.1'].includes(version) ? 404 : 403;
      assert.deepEqual(asked(), [`GET ${LIST} ${refused}`, 'POST /tokens 200', `GET ${LIST} 200`]);
    });

  it('that many wait for is not lost to them when the first one goes', async () => {
    await using place = await startAskedNpm({ limits: { readMs: 1_000, writeMs: 1_000 } });
    const { double, rig } = place;
    const provider = rig.open();
    const met = Promise.withResolvers<void>();
    double.faults.next({ match: { path: '/tokens' }, kind: 'timeout', onMet: met.resolve });
    const first = new AbortController();
    const gone = provider.list(first.signal);
    const stays = provider.list(SIGNAL);
    await met.promise;
    first.abort(new Error('a newer revision came'));
    await assert.rejects(gone, /a newer revision came/);
    assert.deepEqual((await stays).routes, []);
  });
});

describe('Nginx Proxy Manager that is down', () => {
  it('is left alone after three failures, and then tried by one call; one that is given up says nothing of it', async () => {
    await using place = await startAskedNpm();
    const { provider, asked, wait, double } = place;
    const cutNext = (times: number): void => {
      for (let count = 0; count < times; count += 1)
        double.faults.next({ match: { path: '/tokens' }, kind: 'cut' });
    };
    cutNext(3);
    for (let times = 0; times < 3; times += 1) await rejectsWith('ProxyAway', provider.list(SIGNAL));
    assert.equal(asked().length, 3);
    await assert.rejects(provider.list(SIGNAL), /failed 3 times in a row/);
    assert.deepEqual(asked(), []);
    wait(5_000);
    const met = Promise.withResolvers<void>();
    double.faults.next({ match: { path: '/tokens' }, kind: 'timeout', onMet: met.resolve });
    const stop = new AbortController();
    const givenUp = provider.list(stop.signal);
    await met.promise;
    stop.abort(new Error('a newer revision came'));
    await assert.rejects(givenUp, /a newer revision came/);
    cutNext(1);
    await rejectsWith('ProxyAway', provider.list(SIGNAL));
    assert.equal(asked().length, 2);
    await assert.rejects(provider.list(SIGNAL), /failed 4 times in a row/);
    assert.deepEqual(asked(), []);
    wait(10_000);
    assert.deepEqual((await provider.list(SIGNAL)).routes, []);
  });

  for (const status of ['502', '503', '504'] as const)
    it(`is left alone as well where its own front answers ${status} for it, until it is there again`, async () => {
      await using place = await startAskedNpm();
      const { provider, asked, wait, double } = place;
      const front = (times: number): void => {
        for (let count = 0; count < times; count += 1)
          double.faults.next({ match: { path: '/tokens' }, kind: status });
      };
      front(3);
      for (let times = 0; times < 3; times += 1) {
        const fault = await rejectsWith('ProxyAway', provider.list(SIGNAL));
        assert.ok(fault.message.includes(`only its own web server answers (${status})`), fault.message);
      }
      assert.deepEqual(asked(), Array(3).fill(`POST /tokens ${status}`));
      await assert.rejects(provider.list(SIGNAL), /failed 3 times in a row/);
      assert.deepEqual(asked(), []);
      wait(5_000);
      front(1);
      await rejectsWith('ProxyAway', provider.list(SIGNAL));
      assert.deepEqual(asked(), [`POST /tokens ${status}`]);
      wait(9_000);
      await assert.rejects(provider.list(SIGNAL), /failed 4 times in a row/, 'twice as long as before');
      wait(1_000);
      assert.deepEqual((await provider.list(SIGNAL)).routes, []);
    });

  it('is asked on where it answers itself, whatever it answers, and where its front was alone but once', async () => {
    await using place = await startAskedNpm();
    const { provider, asked, double } = place;
    await provider.list(SIGNAL);
    for (let times = 0; times < 6; times += 1) {
      // Each of two tries logs in anew and asks once more: a damaged token is answered so.
      for (let count = 0; count < 4; count += 1)
        double.faults.next({ match: { path: LIST }, kind: '500-before' });
      await rejectsWith('ProxyAway', provider.list(SIGNAL));
    }
    asked();
    for (let times = 0; times < 6; times += 1) {
      double.faults.next({ match: { path: LIST }, kind: '502' });
      assert.deepEqual((await provider.list(SIGNAL)).routes, []);
      const lists = asked().filter((one) => !OTHERS.test(one));
      assert.deepEqual(lists, [`GET ${LIST} 502`, `GET ${LIST} 200`], 'a read is tried once more by itself');
    }
  });
});
