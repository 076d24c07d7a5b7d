// "Add this route for me": refused as a file would be, with its reasons; else committed where manifests are written, and looked at.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { catalog, createCatalogCache } from '../../src/core/catalog.ts';
import { readSettingsOf } from '../../src/core/read-settings.ts';
import { createDesiredEdits } from '../../src/engine/edits/edit-desired.ts';
import { forwardObstacle } from '../../src/engine/edits/forward-obstacle.ts';
import { readers } from '../../src/kinds/readers.ts';
import type { Config } from '../../src/model/config.ts';
import type { Desired } from '../../src/model/desired.ts';
import type { DesiredEdit, DesiredEdited } from '../../src/ports/desired-edits.ts';
import type { WriteRequest, Written } from '../../src/ports/write-back.ts';
import { baseConfig } from '../support/http-world.ts';

const SHOP = `# ours
kind: project
name: shop   # earns money
image: x/shop
tag: "1"
domains: [shop.example.com]
port: 80
`;

type Files = Record<string, Record<string, string>>;

function house(files: Files, { off = [] as string[], away = [] as string[] } = {}) {
  const config: Config = {
    ...baseConfig,
    sources: Object.keys(files).map((name) => ({
      type: 'directory',
      name,
      directory: `/srv/${name}`,
      writeBack: off.includes(name) ? 'off' : 'commit',
      variables: {},
    })),
  };
  const snapshots = Object.entries(files).flatMap(([source, texts]) =>
    away.includes(source)
      ? []
      : [
          {
            source,
            type: 'directory' as const,
            revision: null,
            root: `/srv/${source}`,
            commit: null,
            files: Object.entries(texts).map(([path, text]) => ({ path, stamp: text, text, refused: null })),
          },
        ],
  );
  const made = catalog({
    snapshots,
    variables: {},
    readers,
    settings: readSettingsOf(config),
    cache: createCatalogCache(),
  });
  const wish = { ...made, states: [], renamings: [], statuses: [], snapshots, incumbents: new Map() };
  const triggers: unknown[] = [];
  const messages: string[] = [];
  let answer: Written | null = null;
  async function write(source: string, { change, message }: WriteRequest): Promise<Written> {
    if (answer !== null) return answer;
    const texts = files[source] ?? {};
    const result = change.apply(texts[change.file] ?? null);
    assert.ok(result.ok);
    if (result.text === null) delete texts[change.file];
    else texts[change.file] = result.text;
    messages.push(message);
    return { type: 'written', commit: 'c0ffee', branch: 'main', takesEffect: true, patch: 'patch' };
  }
  const edits = createDesiredEdits({
    config,
    readers,
    wish: () => wish,
    writeBacks: new Map(
      Object.keys(files).map((source) => [
        source,
        {
          source,
          mode: off.includes(source) ? ('off' as const) : ('commit' as const),
          write: (request) => write(source, request),
        },
      ]),
    ),
    prober: { tcp: async () => ({ ok: true, detail: '', body: null }) },
    trigger: (request) => void triggers.push(request),
  });
  const ask = (request: Partial<DesiredEdit>) =>
    edits.edit({
      action: 'add',
      kind: 'project',
      name: 'blog',
      manifest: null,
      source: null,
      force: false,
      author: null,
      signal: new AbortController().signal,
      ...request,
    });
  return {
    ask,
    files,
    triggers,
    messages,
    answer(next: Written) {
      answer = next;
    },
  };
}

const BLOG = { image: 'x/blog', tag: '2', domains: ['blog.example.com'], port: 80 };

function reasonOf(edited: DesiredEdited): string {
  return edited.type === 'refused' ? `${edited.what} ${edited.refusal.reason}` : edited.type;
}

describe('a change of the wish', () => {
  it('adds a manifest in a file of its own, in the first source that can be written, and looks there', async () => {
    const { ask, files, triggers, messages } = house(
      { locked: {}, home: { 'shop.yaml': SHOP } },
      { off: ['locked'] },
    );
    const edited = await ask({ manifest: BLOG });
    assert.ok(edited.type === 'done', JSON.stringify(edited));
    assert.deepEqual([edited.source, edited.file], ['home', 'project/blog.yaml']);
    assert.equal(
      files.home?.['project/blog.yaml'],
      'kind: project\nname: blog\nimage: x/blog\ntag: "2"\ndomains: [blog.example.com]\nport: 80\n',
    );
    assert.deepEqual(triggers, [{ why: 'project blog was added', sources: ['home'], refresh: true }]);
    assert.deepEqual(messages, ['Add project blog']);
  });

  it('changes and removes it where it is, with its comments', async () => {
    const { ask, files } = house({ home: { 'apps/shop.yaml': SHOP } });
    const { domains, port, ...rest } = BLOG;
    assert.ok(domains && port && rest);
    await ask({
      action: 'put',
      name: 'shop',
      manifest: { image: 'x/shop', tag: '2', domains: ['shop.example.com'], port: 80 },
    });
    assert.equal(files.home?.['apps/shop.yaml'], SHOP.replace('"1"', '"2"'));
    const gone = await ask({ action: 'remove', name: 'shop' });
    assert.ok(gone.type === 'done');
    assert.deepEqual(files.home, {});
  });

  it('is refused as the file would be: schema, names of others, kinds, places', async () => {
    const { ask, files, triggers } = house({ home: { 'shop.yaml': SHOP } });
    const before = JSON.stringify(files);
    const wrong = await ask({ manifest: { ...BLOG, colour: 'red' } });
    assert.equal(reasonOf(wrong), 'wrong UnknownKey');
    assert.ok(wrong.type === 'refused' && wrong.problems[0]?.file === 'project/blog.yaml');
    for (const [request, reason] of [
      [
        { manifest: { ...BLOG, domains: ['shop.example.com'] } },
        /^wrong .*(Taken|Clash|Conflict|Claimed|Twice|Duplicate)/,
      ],
      [{ manifest: { ...BLOG, depends_on: ['nobody'] } }, /^wrong /],
      [{ kind: 'poem', manifest: {} }, /^wrong /],
      [{ name: '../../etc/cron.d/x', manifest: BLOG }, /^wrong BadFormat/],
      [{ name: '$(id)', manifest: BLOG }, /^wrong BadFormat/],
      [{ name: 'shop', manifest: BLOG }, /^taken NameTaken/],
      [{ action: 'put', name: 'nobody', manifest: BLOG }, /^unknown ManifestUnknown/],
      [{ action: 'remove', name: 'nobody' }, /^unknown ManifestUnknown/],
      [{ source: 'elsewhere', manifest: BLOG }, /^wrong SourceUnknown/],
    ] as [Partial<DesiredEdit>, RegExp][])
      assert.match(reasonOf(await ask(request)), reason, JSON.stringify(request));
    assert.equal(JSON.stringify(files), before);
    assert.deepEqual(triggers, []);
  });

  it('is not held back by mistakes that were there before', async () => {
    const { ask } = house({
      home: { 'shop.yaml': SHOP, 'broken.yaml': 'kind: project\nname: old\ncolour: red\n' },
    });
    assert.equal(reasonOf(await ask({ manifest: BLOG })), 'done');
  });

  it('says what to commit where nothing can be written, and looks nowhere', async () => {
    const { ask, answer, triggers } = house({ home: { 'shop.yaml': SHOP } });
    answer({
      type: 'refused',
      refusal: { reason: 'GitAway', message: 'git.example.com does not answer.', hint: null },
      patch: null,
    });
    const edited = await ask({ manifest: BLOG });
    assert.equal(reasonOf(edited), 'unwritten GitAway');
    assert.match(
      edited.type === 'refused' ? (edited.patch ?? '') : '',
      /^\+\+\+ b\/project\/blog.yaml\n@@ -0,0 \+1,6 @@$/m,
    );
    assert.deepEqual(triggers, []);
    answer({ type: 'written', commit: 'c', branch: 'tinyforge/x', takesEffect: false, patch: 'p' });
    assert.equal(reasonOf(await ask({ manifest: BLOG })), 'done');
    assert.deepEqual(triggers, [], 'somebody has to merge it first');
    const away = house({ home: { 'shop.yaml': SHOP } }, { away: ['home'] });
    assert.equal(reasonOf(await away.ask({ manifest: BLOG })), 'unwritten SourceAway');
  });
});

describe('a stand-alone route', () => {
  const NAS = { domains: ['nas.example.com'], forward: 'http://192.0.2.10:5000' };

  it('goes into a file of its own, and is changed and removed there', async () => {
    const { ask, files } = house({ home: { 'shop.yaml': SHOP } });
    assert.equal(reasonOf(await ask({ kind: 'proxy', name: 'nas', manifest: NAS })), 'done');
    assert.deepEqual(files.home, {
      'shop.yaml': SHOP,
      'proxies/nas.yaml':
        'kind: proxy\nname: nas\ndomains: [nas.example.com]\nforward: http://192.0.2.10:5000\n',
    });
    const text = `# upstairs\n${files.home?.['proxies/nas.yaml']}`;
    const again = house({ home: { 'shop.yaml': SHOP, 'proxies/nas.yaml': text } });
    const manifest = { ...NAS, forward: 'http://192.0.2.11:5000' };
    assert.equal(reasonOf(await again.ask({ action: 'put', kind: 'proxy', name: 'nas', manifest })), 'done');
    assert.equal(again.files.home?.['proxies/nas.yaml'], text.replace('.10:', '.11:'));
    assert.equal(reasonOf(await again.ask({ action: 'remove', kind: 'proxy', name: 'nas' })), 'done');
  });

  it('may not take a name that a workload has, nor another manifest its own', async () => {
    const { ask } = house({ home: { 'shop.yaml': SHOP } });
    const taken = await ask({
      kind: 'proxy',
      name: 'nas',
      manifest: { ...NAS, domains: ['shop.example.com'] },
    });
    assert.match(reasonOf(taken), /^wrong /);
    assert.match(reasonOf(await ask({ kind: 'proxy', name: 'shop', manifest: NAS })), /^wrong /);
    const circle = await ask({
      kind: 'proxy',
      name: 'nas',
      manifest: { ...NAS, forward: 'https://shop.example.com' },
      force: true,
    });
    assert.equal(reasonOf(circle), 'wrong RouteLoop');
  });
});

describe('where a route may lead', () => {
  type End = readonly [host: string, port: number];
  const unit = (host: string, port: number, locations: readonly End[] = []) =>
    ({
      kind: 'proxy',
      name: 'nas',
      target: {
        type: 'forward',
        options: {
          locations: locations.map(([to, at], index) => ({
            path: `/${index + 1}`,
            upstream: { scheme: 'http', host: to, port: at },
          })),
        },
      },
      forward: { scheme: 'http', host, port },
      route: { domains: ['nas.example.com'] },
    }) as unknown as Desired;
  const config: Config = {
    ...baseConfig,
    listen: { host: '0.0.0.0', port: 8480 },
    proxy: {
      url: 'http://npm:81',
      traffic: { http: 'http://192.0.2.1:80', https: 'https://192.0.2.1:443' },
    } as Config['proxy'],
  };
  const ask = async (host: string, port: number, { ok = true, force = false } = {}) => {
    const prober = { tcp: async () => ({ ok, detail: 'connection refused', body: null }) };
    return (await forwardObstacle(unit(host, port), { config, prober, force }))?.reason ?? null;
  };

  it('not back to ourselves, nor to the proxy', async () => {
    for (const [host, port] of [
      ['127.0.0.1', 8480],
      ['localhost', 8480],
      ['npm', 81],
      ['192.0.2.1', 80],
      ['192.0.2.1', 443],
    ] as const) {
      assert.equal(await ask(host, port), 'ForwardLoop', `${host}:${port}`);
      assert.equal(
        await ask(host, port, { force: true }),
        'ForwardLoop',
        'force is for what is not there yet',
      );
    }
    for (const [host, port] of [
      ['192.0.2.10', 5000],
      ['127.0.0.1', 8481],
      ['shop.example.com', 8080],
    ] as const)
      assert.equal(await ask(host, port), null, `${host}:${port}`);
  });

  it('neither do its locations: each of their ends is looked at, and once', async () => {
    const seen: string[] = [];
    const askOf = async (locations: readonly End[], { dead = [] as string[], force = false } = {}) => {
      const tcp = async ({ host, port }: { host: string; port: number }) => {
        seen.push(`${host}:${port}`);
        return { ok: !dead.includes(host), detail: 'connection refused', body: null };
      };
      return await forwardObstacle(unit('192.0.2.10', 5000, locations), { config, prober: { tcp }, force });
    };
    const both: End[] = [
      ['192.0.2.11', 80],
      ['192.0.2.12', 80],
      ['192.0.2.11', 80],
    ];
    assert.equal(await askOf(both), null);
    assert.deepEqual(seen, ['192.0.2.10:5000', '192.0.2.11:80', '192.0.2.12:80']);
    const dead = await askOf(both, { dead: ['192.0.2.12', '192.0.2.11'] });
    assert.deepEqual(
      [dead?.reason, dead?.message],
      [
        'ForwardUnreachable',
        'Nothing answers at 192.0.2.11:80 (connection refused), where the location /1 leads.',
      ],
    );
    assert.equal(
      (await askOf(both, { dead: ['192.0.2.10', '192.0.2.11'] }))?.message,
      'Nothing answers at 192.0.2.10:5000 (connection refused).',
    );
    assert.equal(await askOf(both, { dead: ['192.0.2.12'], force: true }), null);
    for (const force of [true, false])
      assert.equal((await askOf([['127.0.0.1', 8480]], { force }))?.reason, 'ForwardLoop');
    assert.equal((await askOf([['fd00::1', 80]], { dead: ['fd00::1'] }))?.reason, 'ForwardUnreachable');
  });

  it('not to where nobody answers, but for a person who says so', async () => {
    assert.equal(await ask('192.0.2.10', 5000, { ok: false }), 'ForwardUnreachable');
    assert.equal(await ask('192.0.2.10', 5000, { ok: false, force: true }), null);
  });
});
