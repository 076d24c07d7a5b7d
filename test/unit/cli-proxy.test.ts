// `tinyforge proxy add`: what is sent, what is said when it was taken, and the patch when it could not be written.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DesiredEdit } from '../../src/ports/desired-edits.ts';
import { createHouse } from '../support/fake-sessions.ts';
import { assertGolden } from '../support/golden.ts';
import { cli, nobody } from '../support/run-cli.ts';
import { assertValid } from '../support/valid-answer.ts';

const LINE = [
  'proxy',
  'add',
  'nas',
  '--domain',
  'nas.example.com,files.example.com',
  '--forward',
  'http://192.0.2.10:5000',
];

function controller(
  status: number,
  answer: object,
  asked: { url: string; method: string; body: string }[] = [],
): typeof fetch {
  return async (url, init) => {
    if (String(url).endsWith('/healthz')) return Response.json({});
    asked.push({ url: String(url), method: init?.method ?? 'GET', body: String(init?.body ?? '') });
    return Response.json(answer, { status });
  };
}

const MADE = {
  file: 'proxies/nas.yaml',
  source: 'home',
  commit: 'c0ffee0123456789',
  branch: 'main',
  takes_effect: true,
};

describe('proxy add', () => {
  it('sends the manifest, and says where it is declared', async () => {
    const asked: { url: string; method: string; body: string }[] = [];
    const ran = await cli(createHouse(), [...LINE, '--source', 'home', '--force'], {
      fetch: controller(201, { success: true, data: MADE }, asked),
    });
    assert.equal(ran.code, 0);
    assertGolden('cli/proxy-add.pipe.txt', ran.transcript);
    assert.deepEqual(asked, [
      {
        url: 'http://127.0.0.1:8480/api/proxies?source=home&force=true',
        method: 'POST',
        body: '{"name":"nas","domains":["nas.example.com","files.example.com"],"forward":"http://192.0.2.10:5000"}',
      },
    ]);
    const branch = { ...MADE, branch: 'tinyforge/proxies-nas-1a2b3c4d', takes_effect: false };
    const waits = await cli(createHouse(), LINE, { fetch: controller(201, { success: true, data: branch }) });
    assert.match(
      waits.stdout,
      /nas waits in .* tinyforge\/proxies-nas-1a2b3c4d: it counts once somebody merges/,
    );
  });

  it('that could not be written prints the patch alone on stdout, for git apply', async () => {
    const patch = '--- /dev/null\n+++ b/proxies/nas.yaml\n@@ -0,0 +1,1 @@\n+kind: proxy\n';
    const error = {
      message: 'git.example.com does not answer.',
      hint: 'Commit the patch yourself.',
      patch,
      problems: [],
    };
    const ran = await cli(createHouse(), LINE, { fetch: controller(409, { success: false, error }) });
    assert.equal(ran.code, 1);
    assert.equal(ran.stdout, patch);
    assertGolden('cli/proxy-add-patch.pipe.txt', ran.transcript);
  });

  it('without a controller is checked and written here, and says what makes it', async () => {
    const asked: DesiredEdit[] = [];
    const patch = '+kind: proxy\n';
    const written = { type: 'written', commit: null, branch: null, takesEffect: true, patch } as const;
    const house = createHouse({
      edit: async (request) => {
        asked.push(request);
        return { type: 'done', source: 'home', file: 'proxies/nas.yaml', written };
      },
    });
    const ran = await cli(house, [...LINE, '--force'], { fetch: nobody });
    assert.deepEqual([ran.code, house.open], [0, 0]);
    assert.match(
      ran.stdout,
      /nas is declared in proxies\/nas.yaml of home\. No controller runs: `tinyforge apply`/,
    );
    assert.deepEqual(
      asked.map(({ action, kind, name, manifest, source, force }) => [
        action,
        kind,
        name,
        manifest,
        source,
        force,
      ]),
      [
        [
          'add',
          'proxy',
          'nas',
          { domains: ['nas.example.com', 'files.example.com'], forward: 'http://192.0.2.10:5000' },
          null,
          true,
        ],
      ],
    );
    const json = await cli(house, [...LINE, '-o', 'json'], { fetch: nobody });
    assert.equal(assertValid(json.stdout), 'ManifestChange');
  });

  it('without a controller is refused in the same words', async () => {
    const refusal = { reason: 'ForwardUnreachable', message: 'Nothing answers there.', hint: 'Start it.' };
    const house = createHouse({
      edit: async () => ({ type: 'refused', what: 'wrong', refusal, problems: [], patch: null }),
    });
    const ran = await cli(house, LINE, { fetch: nobody });
    assert.equal(ran.code, 1);
    assert.match(ran.stderr, /nas was not added: Nothing answers there\.\n.*Start it\./s);
    const taken = await cli(createHouse({ running: true }), LINE, { fetch: nobody });
    assert.equal(taken.code, 1);
    assert.match(taken.stderr, /Another controller uses/);
  });

  it('needs both flags', async () => {
    for (const line of [
      ['proxy', 'add', 'nas'],
      ['proxy', 'add'],
      ['proxy', 'paint', 'nas'],
      ['proxy', 'add', 'nas', '--domain', 'x'],
    ])
      assert.equal((await cli(createHouse(), line)).code, 64, line.join(' '));
  });
});
