// Accounts of Nginx Proxy Manager, version by version: let in, kept out, asked for a second factor, not there at all.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ProxyConfig } from '../../src/model/config.ts';
import { type NpmVersion, npmVersions } from '../support/npm/quirks.ts';
import { type NpmDouble, startNpmDouble } from '../support/npm/start-double.ts';
import { totpCode } from '../support/npm/two-factor.ts';
import { createNpmRig, type NpmRig } from '../support/proxy/npm-rig.ts';
import { forwardWish, toAll } from '../support/proxy/wishes.ts';
import { rejectsWith } from '../support/proxy-provider-contract.ts';

const SIGNAL = new AbortController().signal;
const BOT = { email: 'bot@example.test', password: 'a-secret-of-the-bot' };

async function startRig(
  version: NpmVersion,
  more: { config?: Partial<ProxyConfig>; secrets?: Record<string, string> } = {},
): Promise<{ double: NpmDouble; rig: NpmRig } & AsyncDisposable> {
  const double = await startNpmDouble({ version, nginx: 'none' });
  const rig = createNpmRig({ place: double, ...more, close: () => double.close() });
  return { double, rig, [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose]() };
}

async function addBot(rig: NpmRig, permissions: Record<string, string>): Promise<number> {
  const body = {
    ...{ name: 'Bot', nickname: 'bot', email: BOT.email, roles: [], is_disabled: false },
    auth: { type: 'password', secret: BOT.password },
  };
  const { id } = (await rig.hands.call('POST', '/users', body)) as { id: number };
  await rig.hands.call('PUT', `/users/${id}/permissions`, permissions);
  return id;
}

const PERMISSIONS = {
  visibility: 'all',
  proxy_hosts: 'manage',
  redirection_hosts: 'hidden',
  dead_hosts: 'hidden',
  streams: 'hidden',
  access_lists: 'view',
  certificates: 'view',
};

for (const version of npmVersions)
  describe(`accounts of Nginx Proxy Manager ${version}`, () => {
    it('logs in once for many calls, and again when the token is taken back', async () => {
      await using place = await startRig(version);
      const provider = place.rig.open();
      const logins = (): number =>
        place.double.requests.filter(({ path }) => path.endsWith('/tokens')).length;
      await Promise.all([provider.list(SIGNAL), provider.list(SIGNAL)]);
      await provider.list(SIGNAL);
      assert.equal(logins(), 1);
      place.double.expireTokens();
      await provider.list(SIGNAL);
      assert.equal(logins(), 2);
    });

    it('says so when the password is wrong', async () => {
      await using place = await startRig(version, {
        secrets: { other: 'wrong-password' },
        config: { password: 'other' },
      });
      const fault = await rejectsWith('ProxyLoginRefused', place.rig.open().list(SIGNAL));
      assert.doesNotMatch(fault.message, /wrong-password/);
      await using nameless = await startRig(version, { config: { password: 'nobody' } });
      await rejectsWith('SecretMissing', nameless.rig.open().list(SIGNAL));
    });

    it('works with an account that may do no more than is needed', async () => {
      await using place = await startRig(version, {
        config: { email: BOT.email, password: 'bot' },
        secrets: { bot: BOT.password },
      });
      await addBot(place.rig, PERMISSIONS);
      const provider = place.rig.open();
      assert.deepEqual((await provider.list(SIGNAL)).routes, []);
      assert.deepEqual(
        (await provider.check(SIGNAL)).filter(({ ok }) => !ok),
        [],
      );
    });

    it('says what the account may not do', async () => {
      await using place = await startRig(version, {
        config: { email: BOT.email, password: 'bot' },
        secrets: { bot: BOT.password },
      });
      await addBot(place.rig, { ...PERMISSIONS, proxy_hosts: 'hidden' });
      const provider = place.rig.open();
      await rejectsWith('ProxyForbidden', provider.list(SIGNAL));
      const findings = await provider.check(SIGNAL);
      assert.ok(findings.some(({ ok, message }) => !ok && message.includes('manage proxy hosts')));
    });

    it('stores what is wished, whatever the version calls true', async () => {
      await using place = await startRig(version);
      const provider = place.rig.open();
      const wish = forwardWish({ options: { websockets: true, blockExploits: true } });
      const upstream = { scheme: 'http', host: '127.0.0.1', port: 8080 } as const;
      // Nothing serves here, so the write is not seen; what is stored is what counts.
      const given = provider.put({ wish, traffic: toAll(upstream), adopt: null }, AbortSignal.timeout(3_000));
      await assert.rejects(given);
      const [route, ...others] = (await provider.list(SIGNAL)).routes;
      assert.ok(route);
      assert.deepEqual(others, []);
      assert.deepEqual(
        provider.compare(wish, route).filter(({ field }) => field !== 'online'),
        [],
      );
    });
  });

for (const version of ['2.13.6', '2.15.1', 'next'] as const)
  describe(`a second factor at Nginx Proxy Manager ${version}`, () => {
    it('is told plainly, or answered where its key is known', async () => {
      const secrets: Record<string, string> = { bot: BOT.password };
      const config = { email: BOT.email, password: 'bot' };
      await using plain = await startRig(version, { config, secrets });
      const id = await addBot(plain.rig, PERMISSIONS);
      const bot = createNpmRig({ place: { ...plain.double, ...BOT } });
      const { secret } = (await bot.hands.call('POST', `/users/${id}/2fa`)) as { secret: string };
      await bot.hands.call('POST', `/users/${id}/2fa/enable`, { code: totpCode(secret, Date.now()) });
      const fault = await rejectsWith('ProxyNeedsTwoFactor', plain.rig.open().list(SIGNAL));
      assert.match(fault.message, /two-factor login on$/);
      const told = (await plain.rig.open().check(SIGNAL)).filter(({ ok }) => !ok);
      assert.equal(told.length, 1, 'what doctor says');
      assert.match(told[0]?.message ?? '', /two-factor login on\.$/);
      assert.notEqual(told[0]?.hint ?? null, null);
      secrets.totp = secret;
      const knowing = createNpmRig({ place: plain.double, config: { ...config, totp: 'totp' }, secrets });
      assert.deepEqual((await knowing.open().list(SIGNAL)).routes, []);
      secrets.totp = 'no key';
      await rejectsWith('ProxyLoginRefused', knowing.open().list(SIGNAL));
      await knowing[Symbol.asyncDispose]();
    });

    it('has nobody yet when it is new: told, and an account made when somebody says so', async () => {
      await using double = await startNpmDouble({ version, nginx: 'none', setup: 'fresh' });
      const rig = createNpmRig({
        place: { ...double, email: 'Admin@Example.test', password: 'long-enough' },
      });
      const findings = await rig.open().check(SIGNAL);
      assert.ok(findings.some(({ ok, hint }) => !ok && hint?.includes('--create-proxy-admin')));
      assert.ok(double.requests.every(({ method }) => method === 'GET'));
      const { createFirstAccount } = rig.open();
      assert.equal(await createFirstAccount?.(SIGNAL), 'admin@example.test');
      assert.ok((await rig.open().check(SIGNAL)).every(({ ok }) => ok));
      await rejectsWith('ProxyAlreadySetUp', createFirstAccount?.(SIGNAL) ?? Promise.resolve());
      await rig[Symbol.asyncDispose]();
    });
  });

it('says that nobody answers', async () => {
  const place = {
    url: 'http://127.0.0.1:1',
    traffic: { http: 'http://127.0.0.1:1', https: 'https://127.0.0.1:1' },
    ...BOT,
  };
  await using rig = createNpmRig({ place });
  await rejectsWith('ProxyAway', rig.open().list(SIGNAL));
  assert.deepEqual(
    (await rig.open().check(SIGNAL)).map(({ ok }) => ok),
    [false],
  );
});
