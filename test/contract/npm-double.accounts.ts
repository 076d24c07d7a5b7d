// The recordings of first start, login, tokens, the second factor and users.
import { callApi } from '../support/npm/double-client.ts';
import { adminToken, type Scenario, type Scene } from '../support/npm/replay.ts';
import { totpCode } from '../support/npm/two-factor.ts';

const botPassword = 'bot-password';
const bot = {
  name: 'Bot',
  nickname: 'bot',
  email: 'bot@example.test',
  roles: [],
  is_disabled: false,
  auth: { type: 'password', secret: botPassword },
};
const host = { forward_scheme: 'http', forward_host: '127.0.0.1', forward_port: 18901 };
const asBot = { identity: bot.email, secret: botPassword };

const botToken = async ({ double }: Scene) =>
  (await callApi(double.url)('POST', '/tokens', asBot)).body.token as string;

const withSecret = (secret: string) => (recorded: unknown) =>
  JSON.parse(JSON.stringify(recorded).replaceAll('<secret>', secret));

/** A token that is over, and then a new one for what follows. */
const expired = async (scene: Scene) => {
  const old = await adminToken(scene.double);
  scene.double.expireTokens();
  scene.admin = await adminToken(scene.double);
  return old;
};

const tampered = ({ admin = '' }: Scene) => {
  const [header, payload = '', signature] = admin.split('.');
  return [header, payload.replace(/.$/, (letter) => (letter === 'A' ? 'B' : 'A')), signature].join('.');
};

async function enrolBot(scene: Scene): Promise<void> {
  const { double, kept } = scene;
  await scene.must('POST', '/users', bot);
  const asUser = callApi(double.url, await botToken(scene));
  const { body } = await asUser('POST', '/users/me/2fa');
  kept.secret = body.secret;
  await asUser('POST', '/users/me/2fa/enable', { code: totpCode(body.secret, Date.now()) });
}

const challenge = (recorded: unknown, { kept }: Scene) => ({
  ...(recorded as object),
  challenge_token: kept.challenge,
});

export const accountScenarios: readonly Scenario[] = [
  {
    name: 'first start and login',
    double: { nginx: 'none', setup: 'fresh' },
    steps: [
      'status-before-setup',
      'login-before-setup',
      {
        play: 'setup-first-user',
        async after(_, scene) {
          scene.admin = await adminToken(scene.double);
        },
      },
      'status',
      'login-ok',
      { play: 'login-wrong-password', body: withSecret('wrong') },
      'login-unknown-user',
      'login-missing-secret',
      'login-unknown-field',
      'login-bad-expiry',
      'login-bad-scope',
      { play: 'login-malformed-json', body: () => '{"identity":' },
      'users-me',
      'users-list',
      'token-refresh',
      'token-refresh-bad-expiry',
      { play: 'token-refresh-expired', token: expired },
      { play: 'expired-token', token: expired },
      'no-token',
      { play: 'garbage-token', token: () => 'garbage' },
      { play: 'tampered-token', token: tampered },
      'proxy-hosts-list-empty',
      'certificates-list-empty',
    ],
  },
  {
    name: 'the second factor',
    double: { nginx: 'none' },
    before: enrolBot,
    steps: [
      {
        play: 'login-2fa-challenge',
        body: withSecret(botPassword),
        after: (answer, { kept }) => {
          kept.challenge = (answer as { challenge_token: string }).challenge_token;
        },
      },
      { play: 'challenge-token-used-as-token', token: ({ kept }) => kept.challenge ?? '' },
      { play: 'login-2fa-wrong-code', body: challenge },
      'login-2fa-bad-challenge',
      {
        play: 'login-2fa-ok',
        body: (_, { kept }) => ({
          challenge_token: kept.challenge,
          code: totpCode(kept.secret ?? '', Date.now()),
        }),
      },
    ],
  },
  {
    name: 'other users',
    double: { nginx: 'none' },
    async before(scene) {
      scene.double.world.tables.proxyHosts.nextId(26);
      await scene.must('POST', '/nginx/proxy-hosts', { domain_names: ['acl.example.test'], ...host });
    },
    steps: [
      { play: 'user-create', body: withSecret(botPassword) },
      'user-create-duplicate-email',
      'user-permissions-update',
      'user-login-as',
      { play: 'users-me-limited-user', token: botToken },
      { play: 'forbidden-section', token: botToken },
      { play: 'forbidden-object-other-owner', token: botToken },
      { play: 'create-duplicate-of-invisible-host', token: botToken },
      {
        play: 'token-of-disabled-user',
        async token(scene) {
          const token = await botToken(scene);
          await scene.must('PUT', '/users/2', { is_disabled: true });
          return token;
        },
      },
      'user-delete',
    ],
  },
  {
    name: 'login before the rewrite',
    double: { nginx: 'none', version: '2.12.6' },
    steps: [
      'v2.12.6-status',
      'v2.12.6-login-ok',
      { play: 'v2.12.6-login-wrong-password', body: withSecret('wrong') },
      'v2.12.6-no-token',
      { play: 'v2.12.6-garbage-token', token: () => 'garbage' },
      { play: 'v2.12.6-expired-token', token: expired },
    ],
  },
];
