// What the double does with accounts, tokens and permissions, beyond the recordings.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Api, callApi, logIn } from '../support/npm/double-client.ts';
import { adminToken } from '../support/npm/replay.ts';
import { selfSigned } from '../support/npm/self-signed.ts';
import { type NpmDouble, startNpmDouble } from '../support/npm/start-double.ts';
import { totpCode } from '../support/npm/two-factor.ts';

const none = () => startNpmDouble({ nginx: 'none' });
const hosts = '/nginx/proxy-hosts';
const message = ({ body }: Awaited<ReturnType<Api>>) => body.error.message as string;

test('an access list without items answers 500 and is there; passwords are never told', async () => {
  await using double = await none();
  const api = await logIn(double);
  assert.equal((await api('POST', '/nginx/access-lists', { name: 'half' })).status, 500);
  const items = [{ username: 'ann', password: 'secret' }];
  await api('POST', '/nginx/access-lists', { name: 'whole', items, clients: [] });
  const { body } = await api('GET', '/nginx/access-lists?expand=items');
  assert.deepEqual(
    body.map((row: { name: string }) => row.name),
    ['half', 'whole'],
  );
  const [item] = body[1].items;
  assert.deepEqual([item.password, item.hint], ['', 's*****']);
});

test('somebody who may only view certificates is told their private keys', async () => {
  await using double = await none();
  const api = await logIn(double);
  await api('POST', '/nginx/certificates', { provider: 'other', nice_name: 'mine' });
  const pair = await selfSigned(['s.example.test']);
  const form = new FormData();
  form.set('certificate', new Blob([pair.certificate]), 'certificate.pem');
  form.set('certificate_key', new Blob([pair.key]), 'key.pem');
  const checked = await api('POST', '/nginx/certificates/validate', form);
  assert.deepEqual([checked.body.certificate.cn, checked.body.certificate_key], ['s.example.test', true]);
  assert.equal((await api('POST', '/nginx/certificates/1/upload', form)).status, 200);
  const bot = await secondUser(double, api);
  await api('PUT', '/users/2/permissions', { visibility: 'all', certificates: 'view' });
  const { body } = await bot('GET', '/nginx/certificates');
  assert.match(body[0].meta.certificate_key, /PRIVATE KEY/);
  assert.equal((await bot('DELETE', '/nginx/certificates/1')).status, 404);
  const wrong = new FormData();
  wrong.set('certificate', new Blob([pair.certificate]), 'certificate.pem');
  wrong.set('certificate_key', new Blob([(await selfSigned(['other'])).key]), 'key.pem');
  assert.equal((await api('POST', '/nginx/certificates/validate', wrong)).status, 400);
});

async function secondUser(double: NpmDouble, api: Api): Promise<Api> {
  const auth = { type: 'password', secret: 'bot-password' };
  await api('POST', '/users', { name: 'Bot', nickname: 'bot', email: 'bot@example.test', roles: [], auth });
  const { body } = await callApi(double.url)('POST', '/tokens', {
    identity: 'BOT@example.test ',
    secret: 'bot-password',
  });
  return callApi(double.url, body.token);
}

test('paths are asked for with a slash behind /api, with or without one at their end, and as they are written', async () => {
  await using double = await none();
  const api = await logIn(double);
  const bare = await fetch(`${double.url}/api`, { redirect: 'manual' });
  assert.deepEqual([bare.status, bare.headers.get('location')], [302, '/api/']);
  assert.equal((await api('GET', `${hosts}/`)).status, 200);
  assert.equal((await api('GET', hosts.toUpperCase())).status, 404);
});

test('a token is one only behind "Bearer" with a capital letter, and lives as long as its refresh asked', async () => {
  await using double = await none();
  const token = await adminToken(double);
  const lower = await fetch(`${double.url}/api${hosts}`, { headers: { authorization: `bearer ${token}` } });
  assert.equal(lower.status, 404);
  const { body } = await callApi(double.url, token)('GET', '/tokens?expiry=30d');
  const days = (Date.parse(body.expires) - Date.now()) / 86_400_000;
  assert.ok(days > 29.9 && days < 30.1, `${days} days`);
});

test('an administrator set up with capitals in the address can never log in', async () => {
  await using double = await startNpmDouble({ nginx: 'none', setup: 'fresh' });
  const anybody = callApi(double.url);
  const auth = { type: 'password', secret: 'x' };
  const admin = { name: 'A', nickname: 'A', email: 'Admin@example.test', roles: ['admin'], auth };
  assert.equal((await anybody('POST', '/users', admin)).status, 201);
  assert.equal((await anybody('POST', '/users', admin)).status, 404, 'only the first needs no token');
  const refused = await anybody('POST', '/tokens', { identity: 'Admin@example.test', secret: 'x' });
  assert.equal(message(refused), 'Invalid email or password');
});

test('a backup code stands for a code of the second factor once', async () => {
  await using double = await none();
  const api = await logIn(double);
  const { body: begun } = await api('POST', '/users/me/2fa');
  const code = totpCode(begun.secret, Date.now());
  const { body: enabled } = await api('POST', '/users/me/2fa/enable', { code });
  const withBackup = async () => {
    const anybody = callApi(double.url);
    const credentials = { identity: double.email, secret: double.password };
    const { body } = await anybody('POST', '/tokens', credentials);
    const { challenge_token } = body;
    return anybody('POST', '/tokens/2fa', { challenge_token, code: enabled.backup_codes[0] });
  };
  assert.equal((await withBackup()).status, 200);
  assert.equal((await withBackup()).status, 400);
});
