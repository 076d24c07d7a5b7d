// Our lines in a host's configuration: what they share out, what they let a secret header choose, and how they are found again.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ResolvedTraffic, Upstream } from '../../src/model/route.ts';
import { judgeConfigText } from '../../src/proxies/nginx-proxy-manager/config-text.ts';
import {
  joinConfig,
  question,
  readFacts,
  renderLines,
  splitConfig,
} from '../../src/proxies/nginx-proxy-manager/lines.ts';
import { evenShares, spreadShare } from '../../src/proxies/nginx-proxy-manager/ranges.ts';
import { readReply } from '../../src/proxies/nginx-proxy-manager/reply.ts';
import { totp } from '../../src/proxies/nginx-proxy-manager/totp.ts';
import { withoutKeys } from '../../src/proxies/nginx-proxy-manager/without-keys.ts';

const SECRET = 'a'.repeat(48);
const REVISION = '0123456789abcdef';
const web = (host: string, port = 80): Upstream => ({ scheme: 'http', host, port });
const HEX = Array.from({ length: 256 }, (_, value) => value.toString(16).padStart(2, '0'));

function lines(traffic: ResolvedTraffic, reach: 'network' | 'published'): string {
  const facts = { controller: 'home', unit: 'shop/prod', key: 'shop/prod', traffic };
  return renderLines(facts, { secret: SECRET, revision: REVISION, reach });
}

/** Whether the lines let the header choose it, as nginx would: by the pattern between the quotes. */
function mayChoose(text: string, preview: Upstream): boolean {
  const asked = question('ask', { secret: SECRET, preview });
  const patterns = [...text.matchAll(/\$http_keep_alive ~ "([^"]+)"\) \{ set/g)].map(([, one]) => one ?? '');
  assert.ok(patterns.length > 0);
  return patterns.some((pattern) => new RegExp(pattern).test(asked));
}

describe('shares of requests', () => {
  for (const count of [1, 2, 3, 5, 7, 64])
    it(`are even among ${count}, and nobody's twice`, () => {
      const patterns = evenShares(count).map((one) => new RegExp(`^${one}$`));
      const takers = HEX.map((digits) => patterns.filter((one) => one.test(digits)).length);
      assert.ok(takers.every((number) => number <= 1));
      const sizes = patterns.map((one) => HEX.filter((digits) => one.test(digits)).length);
      const first = takers.filter((number) => number === 0).length;
      for (const size of [...sizes, first]) assert.ok(Math.abs(size - 256 / count) <= 1, String(size));
    });

  it('of a canary hold those of each smaller one, and are spread evenly over clients who come in a row', () => {
    let before: string[] = [];
    for (const share of [0.01, 0.1, 0.25, 0.5, 0.9, 1]) {
      const pattern = new RegExp(`^${spreadShare(share)}$`);
      const taken = HEX.map((digits) => digits.toUpperCase()).filter((digits) => pattern.test(digits));
      assert.ok(Math.abs(taken.length / 256 - share) <= 1 / 256, `${share}: ${taken.length}`);
      assert.ok(before.every((digits) => taken.includes(digits)));
      const firstHalf = taken.filter((digits) => Number.parseInt(digits, 16) < 128).length;
      assert.ok(Math.abs(firstHalf - taken.length / 2) <= 1);
      before = taken;
    }
    assert.match(spreadShare(0.000_1), /./);
  });
});

describe('what the secret header may choose', () => {
  it('by name: generations and replicas of the same unit alone', () => {
    const text = lines({ main: [web('shop-prod-4be1c0-1')], canary: null }, 'network');
    for (const host of ['shop-prod-4be1c0-2', 'shop-prod-0a1b2c-1', 'shop-prod'])
      assert.ok(mayChoose(text, web(host, 8080)), host);
    for (const host of [
      'shop-prod-db',
      'shop-stage-4be1c0-1',
      'shop',
      'shop-production-4be1c0-1',
      'xshop-prod-4be1c0-1',
      '127.0.0.1',
      'db',
      'localhost',
      'shop-prod.evil.test',
    ])
      assert.ok(!mayChoose(text, web(host, 8080)), host);
  });

  it('by name: replicas of a service of a stack', () => {
    const text = lines({ main: [web('immich-server-1')], canary: null }, 'network');
    assert.ok(mayChoose(text, web('immich-server-2')));
    assert.ok(!mayChoose(text, web('immich-database-1')));
  });

  it('by port: other ports of the same address, and none below 1024', () => {
    const text = lines({ main: [web('10.0.0.5', 32_768)], canary: null }, 'published');
    assert.ok(mayChoose(text, web('10.0.0.5', 32_769)));
    for (const preview of [web('10.0.0.5', 81), web('10.0.0.6', 32_769), web('10a0b0c5', 32_769)])
      assert.ok(!mayChoose(text, preview), `${preview.host}:${preview.port}`);
  });

  it('needs the secret of the route, and so does the answer to who serves', () => {
    const facts = { controller: 'home', unit: 'shop/prod', key: 'shop/prod' };
    const options = { secret: SECRET, revision: REVISION, reach: 'network' } as const;
    for (const traffic of [{ main: [web('shop-1')], canary: null }, null]) {
      const text = renderLines({ ...facts, traffic }, options);
      const patterns = [...text.matchAll(/\$http_keep_alive ~ "([^"]+)"/g)].map(([, one]) => one ?? '');
      const asked = (secret: string): string[] =>
        [null, web('shop-2')].flatMap((preview) =>
          (['who', 'ask'] as const).map((type) => question(type, { secret, preview })),
        );
      const reached = (secret: string): number =>
        asked(secret).filter((one) => patterns.some((pattern) => new RegExp(pattern).test(one))).length;
      assert.ok(reached(SECRET) >= 2);
      for (const wrong of ['b'.repeat(48), '', `${SECRET.slice(1)}b`, SECRET.slice(1), '.*'])
        assert.equal(reached(wrong), 0, wrong);
    }
  });
});

describe('our lines', () => {
  const traffic = { main: [web('a-1'), web('b-1')], canary: { upstreams: [web('c-1')], share: 0.1 } };
  const ours = lines(traffic, 'network');

  it('are found among whatever a hand wrote around them', () => {
    for (const user of ['', 'client_max_body_size 1m;', '# tinyforge\nfoo on;']) {
      assert.deepEqual(splitConfig(joinConfig(ours, user)), { ours, user });
      assert.deepEqual(splitConfig(`x on;\n${ours}\n${user}`).ours, ours);
    }
    assert.deepEqual(splitConfig(' x on; '), { ours: null, user: 'x on;' });
    assert.deepEqual(splitConfig(ours.slice(0, 100)).ours, null);
  });

  it('tell what they were made from, and nothing where they were damaged', () => {
    assert.deepEqual(readFacts(ours), { controller: 'home', unit: 'shop/prod', key: 'shop/prod', traffic });
    assert.equal(readFacts(ours.replace('"controller"', '"x')), null);
    assert.equal(readFacts(null), null);
  });

  it('are balanced, whoever gets the traffic', () => {
    for (const one of [traffic, { main: [web('::1')], canary: null }])
      for (const reach of ['network', 'published'] as const) {
        const inside = lines(one, reach).replaceAll(/"[^"]*"|#.*/g, 'x');
        assert.equal(inside.split('{').length, inside.split('}').length);
      }
  });
});

describe('lines of a manifest', () => {
  for (const text of [
    '',
    'client_max_body_size 20m;',
    '# a comment with } and "\nproxy_read_timeout 90s;',
    'location /x { return 404; }',
    'if ($request_method = "POST") { return 405; }',
    'add_header X-A "a; } b" always;',
    "add_header X-B 'it \\' s';",
    'set $x "${host}"; set $y ${host}a;',
  ])
    it(`takes ${JSON.stringify(text)}`, () => assert.equal(judgeConfigText(text), null));

  for (const text of [
    '} server { listen 81;',
    'a on; } location / {',
    'return 200 "x',
    'return 200',
    'location /x {',
    '{ a on; }',
    '; a on;',
    'include /data/keys/*;',
    'in"clu"de /etc/passwd;',
    '"include" /etc/passwd;',
    'location /k { alias /data/; }',
    'location /k {\n root /; }',
    'load_module x.so;',
    'content_by_lua_block { os.execute("id") }',
    'perl_set $x "sub { }";',
    'js_content x;',
    'access_log /data/x;',
    'set $x $http_keep_alive;',
    'proxy_set_header Keep-Alive $x;',
    '# tinyforge end',
    'location /s { proxy_pass http://unix:/run/docker.sock; }',
    'a \u0000;',
    `a "${'x'.repeat(20_000)}";`,
    'userid_name x;',
    '\\include /etc/passwd;',
    'default_type ${a; include /data/keys/*; };',
    'default_type ${;',
    'a {on; }}',
    '#\r} server {',
  ])
    it(`does not take ${JSON.stringify(text.slice(0, 60))}`, () =>
      assert.match(judgeConfigText(text) ?? '', /^[a-z]/));
});

describe('answers of the API', () => {
  const read = (status: number, error: unknown): string =>
    readReply({ status, headers: {}, body: JSON.stringify({ error }), durationMs: 1 }, { redact: String })
      .type;

  it('are told apart: log in again, refused, or nobody knows', () => {
    assert.equal(read(401, { message: 'Token has expired' }), 'not-allowed');
    assert.equal(read(403, { message: 'Permission Denied' }), 'not-allowed');
    assert.equal(read(404, { message: 'Not Found - /nginx/proxy-hosts' }), 'not-allowed');
    assert.equal(read(404, { message: 'Not Found - 7' }), 'refused');
    assert.equal(read(404, { message: 'Item Not Found - 7' }), 'refused');
    assert.equal(read(400, { message: 'x', message_i18n: { name: 'TokenExpiredError' } }), 'not-allowed');
    assert.equal(read(400, { message: 'a.test is already in use' }), 'refused');
    assert.equal(read(500, { message: 'Internal Error' }), 'broken');
    assert.equal(
      readReply({ status: 200, headers: {}, body: '<html>', durationMs: 1 }, { redact: String }).type,
      'broken',
    );
    assert.equal(
      readReply({ status: 404, headers: {}, body: '<html>', durationMs: 1 }, { redact: String }).type,
      'broken',
    );
    assert.deepEqual(
      readReply({ status: 200, headers: {}, body: 'true', durationMs: 1 }, { redact: String }),
      {
        type: 'value',
        value: true,
      },
    );
  });

  it('lose every private key, wherever it stands', () => {
    const pem = '-----BEGIN EC PRIVATE KEY-----\nabc\n-----END EC PRIVATE KEY-----';
    const answer = [
      { id: 1, meta: { certificate: 'pem', certificate_key: pem, other: [pem, { deep: `x${pem}` }] } },
    ];
    assert.deepEqual(withoutKeys(answer), [
      { id: 1, meta: { certificate: 'pem', other: ['', { deep: '' }] } },
    ]);
  });
});

describe('codes of a second factor', () => {
  // RFC 6238, appendix B: the last six digits of its SHA-1 column; the key is "12345678901234567890".
  const KEY = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
  for (const [second, code] of [
    [59, '287082'],
    [1_111_111_109, '081804'],
    [2_000_000_000, '279037'],
  ] as const)
    it(`are ${code} at ${second} s`, () => assert.equal(totp(KEY, second * 1000), code));
  it('take keys as people paste them', () =>
    assert.equal(totp('gezd gnbv gy3t qojq gezd gnbv gy3t qojq', 59_000), '287082'));
  it('are none for what is no key', () => assert.equal(totp('not a key!', 0), null));
});
