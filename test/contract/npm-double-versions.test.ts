// What each version of Nginx Proxy Manager takes and how it answers, as the double has it: facts of the table of versions.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Api, callApi, logIn } from '../support/npm/double-client.ts';
import { type NpmVersion, npmVersions } from '../support/npm/quirks.ts';
import { startNpmDouble } from '../support/npm/start-double.ts';

const none = (version: NpmVersion = '2.15.1') => startNpmDouble({ nginx: 'none', version });
const host = (name: string) => ({
  domain_names: [name],
  forward_scheme: 'http',
  forward_host: '127.0.0.1',
  forward_port: 8080,
});
const hosts = '/nginx/proxy-hosts';
const BEFORE_REWRITE: readonly NpmVersion[] = ['2.9.22', '2.11.1', '2.11.3', '2.12.2', '2.12.6'];

const versions: readonly {
  readonly version: NpmVersion;
  readonly notAllowed: number;
  readonly badLogin: number;
  readonly setup: boolean;
  readonly trusts: boolean;
  readonly letsencryptEmail: boolean;
  readonly on: unknown;
}[] = [
  {
    version: '2.9.22',
    notAllowed: 403,
    badLogin: 401,
    setup: false,
    trusts: false,
    letsencryptEmail: true,
    on: 1,
  },
  {
    version: '2.12.6',
    notAllowed: 403,
    badLogin: 401,
    setup: false,
    trusts: false,
    letsencryptEmail: true,
    on: true,
  },
  {
    version: '2.13.6',
    notAllowed: 404,
    badLogin: 400,
    setup: true,
    trusts: false,
    letsencryptEmail: false,
    on: true,
  },
  {
    version: '2.15.1',
    notAllowed: 404,
    badLogin: 400,
    setup: true,
    trusts: true,
    letsencryptEmail: false,
    on: true,
  },
  {
    version: 'next',
    notAllowed: 403,
    badLogin: 400,
    setup: true,
    trusts: true,
    letsencryptEmail: false,
    on: true,
  },
];

for (const expected of versions)
  test(`${expected.version} answers as that version does`, async () => {
    await using double = await none(expected.version);
    double.switches.letsencrypt = 'self-signed';
    const anybody = callApi(double.url);
    const api = await logIn(double);
    const status = await anybody('GET', '/');
    const wrong = { identity: double.email, secret: 'wrong' };
    const order = { provider: 'letsencrypt', domain_names: ['le.example.test'] };
    const email = { letsencrypt_email: 'a@example.test', letsencrypt_agree: true };
    const ordered = await api('POST', '/nginx/certificates', { ...order, meta: email });
    const trust = { ...host('t.example.test'), trust_forwarded_proto: true };
    assert.deepEqual(
      {
        version: expected.version,
        notAllowed: (await anybody('GET', hosts)).status,
        badLogin: (await anybody('POST', '/tokens', wrong)).status,
        setup: status.body.setup === true,
        trusts: (await api('POST', hosts, trust)).status === 201,
        letsencryptEmail: ordered.status === 201,
        on: (await api('POST', hosts, host('on.example.test'))).body.enabled,
      },
      expected,
    );
    const schema = JSON.stringify((await anybody('GET', '/schema')).body);
    assert.equal(schema.includes('trust_forwarded_proto'), expected.trusts);
  });

/** Of §8 of the facts: what each version takes, by the status of its answer. */
const TAKES: Readonly<
  Record<NpmVersion, { most: number; streamCertificate: boolean; auto: boolean; factor: boolean }>
> = {
  '2.9.22': { most: 15, streamCertificate: false, auto: false, factor: false },
  '2.11.1': { most: 30, streamCertificate: false, auto: false, factor: false },
  '2.11.3': { most: 100, streamCertificate: false, auto: false, factor: false },
  '2.12.2': { most: 100, streamCertificate: false, auto: false, factor: false },
  '2.12.6': { most: 100, streamCertificate: true, auto: false, factor: false },
  '2.13.0': { most: 100, streamCertificate: true, auto: true, factor: false },
  '2.13.6': { most: 100, streamCertificate: true, auto: true, factor: true },
  '2.14.0': { most: 100, streamCertificate: true, auto: true, factor: true },
  '2.15.1': { most: 100, streamCertificate: true, auto: true, factor: true },
  next: { most: 100, streamCertificate: true, auto: true, factor: true },
};

for (const [version, takes] of Object.entries(TAKES) as [NpmVersion, (typeof TAKES)[NpmVersion]][])
  test(`${version} takes what that version takes, and no more`, async () => {
    await using double = await none(version);
    const api = await logIn(double);
    const named = (count: number) => ({
      ...host('unused'),
      domain_names: Array.from({ length: count }, (_, index) => `n${index}.${count}.example.test`),
    });
    const isTaken = async (...call: Parameters<Api>) => (await api(...call)).status < 300;
    const port = { incoming_port: 9_999, forwarding_host: 'x', forwarding_port: 1, tcp_forwarding: true };
    const redirect = {
      domain_names: ['r.example.test'],
      forward_domain_name: 'x.test',
      forward_http_code: 301,
    };
    assert.deepEqual(
      {
        atMost: await isTaken('POST', hosts, named(takes.most)),
        more: await isTaken('POST', hosts, named(takes.most + 1)),
        streamCertificate: await isTaken('POST', '/nginx/streams', { ...port, certificate_id: 0 }),
        auto: await isTaken('POST', '/nginx/redirection-hosts', { ...redirect, forward_scheme: 'auto' }),
        factor: await isTaken('POST', '/users/me/2fa'),
      },
      {
        ...{ atMost: true, more: false, streamCertificate: takes.streamCertificate },
        ...{ auto: takes.auto, factor: takes.factor },
      },
    );
    double.faults.next({ match: { path: hosts }, kind: '500-before' });
    const { body } = await api('GET', hosts);
    const hasCode = ['2.15.1', 'next'].includes(version);
    assert.deepEqual(body.error, { ...(hasCode ? { code: 500 } : {}), message: 'Internal Error' });
  });

for (const version of npmVersions)
  test(`a user without a password spoils the next ones of ${version}, or does not`, async () => {
    await using double = await none(version);
    const api = await logIn(double);
    const user = (email: string) => ({ name: 'U', nickname: 'u', email, roles: [], is_disabled: false });
    const auth = { type: 'password', secret: 'long-enough' };
    assert.equal((await api('POST', '/users', user('first@example.test'))).status, 201);
    const { status } = await api('POST', '/users', { ...user('second@example.test'), auth });
    assert.equal(status, BEFORE_REWRITE.includes(version) ? 201 : 500);
    const { body } = await api('GET', '/users');
    assert.ok((body as unknown as { email: string }[]).some(({ email }) => email === 'second@example.test'));
  });
