// The API for stand-alone routes: what a program sends, what it is told, and who may not send it.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DesiredEdit, DesiredEdited } from '../../src/ports/desired-edits.ts';
import { createHttpWorld } from '../support/http-world.ts';
import { assertValid } from '../support/valid-answer.ts';

const WRITTEN: DesiredEdited = {
  type: 'done',
  source: 'home',
  file: 'proxies/nas.yaml',
  written: { type: 'written', commit: 'c0ffee', branch: 'main', takesEffect: true, patch: 'p' },
};

function world(answer: DesiredEdited = WRITTEN) {
  const asked: DesiredEdit[] = [];
  const http = createHttpWorld({
    edit: async (request) => {
      asked.push(request);
      return answer;
    },
  });
  const send = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    http.ask(path, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  return { asked, send };
}

const NAS = { name: 'nas', domains: ['nas.example.com'], forward: 'http://192.0.2.10:5000' };

describe('changes of routes over the API', () => {
  it('add, change and remove, and answer with the commit', async () => {
    const { asked, send } = world();
    const added = await send('POST', '/api/proxies?source=home&force=true', NAS);
    assert.equal(added.status, 201);
    const { success, data } = (await added.json()) as { success: boolean; data: Record<string, unknown> };
    assert.ok(success);
    assert.equal(assertValid(JSON.stringify(data)), 'ManifestChange');
    assert.deepEqual(
      { change: data.change, file: data.file, commit: data.commit, takes: data.takes_effect },
      { change: 'added', file: 'proxies/nas.yaml', commit: 'c0ffee', takes: true },
    );
    assert.equal(
      (await send('PUT', '/api/proxies/nas', { domains: NAS.domains, forward: NAS.forward })).status,
      200,
    );
    assert.equal((await send('DELETE', '/api/proxies/nas')).status, 200);
    assert.deepEqual(
      asked.map(({ action, kind, name, source, force }) => [action, kind, name, source, force]),
      [
        ['add', 'proxy', 'nas', 'home', true],
        ['put', 'proxy', 'nas', null, false],
        ['remove', 'proxy', 'nas', null, false],
      ],
    );
  });

  for (const [what, status] of [
    ['wrong', 422],
    ['unknown', 404],
    ['taken', 409],
    ['unwritten', 409],
  ] as const)
    it(`${what} is told as ${status}, with all problems and the patch`, async () => {
      const { send } = world({
        type: 'refused',
        what,
        refusal: { reason: 'SourceReadOnly', message: 'It may not write.', hint: 'Commit the patch.' },
        problems: [],
        patch: '--- a\n+++ b\n',
      });
      const answer = await send('POST', '/api/proxies', NAS);
      assert.equal(answer.status, status);
      const { success, error } = (await answer.json()) as {
        success: boolean;
        error: Record<string, unknown>;
      };
      assert.equal(success, false);
      assert.deepEqual(error, {
        code: 'SOURCE_READ_ONLY',
        reason: 'SourceReadOnly',
        message: 'It may not write.',
        hint: 'Commit the patch.',
        problems: [],
        patch: '--- a\n+++ b\n',
      });
    });

  it('take one name, one kind, known words and JSON alone', async () => {
    const { asked, send } = world();
    for (const [method, path, body, status] of [
      ['POST', '/api/proxies', {}, 400],
      ['POST', '/api/proxies', { ...NAS, kind: 'project' }, 400],
      ['PUT', '/api/proxies/other', NAS, 400],
      ['POST', '/api/proxies?colour=red', NAS, 400],
      ['POST', '/api/proxies?force=perhaps', NAS, 400],
      ['POST', '/api/proxies', [], 400],
    ] as const)
      assert.equal((await send(method, path, body)).status, status, `${path} ${JSON.stringify(body)}`);
    assert.equal((await send('POST', '/api/proxies', NAS, { 'content-type': 'text/plain' })).status, 415);
    assert.deepEqual(asked, []);
  });

  it('are refused from a page of another origin, whatever the method', async () => {
    const { asked, send } = world();
    for (const [method, path] of [
      ['POST', '/api/proxies'],
      ['PUT', '/api/proxies/nas'],
      ['DELETE', '/api/proxies/nas'],
    ] as const)
      assert.equal((await send(method, path, NAS, { origin: 'https://evil.example' })).status, 403);
    assert.deepEqual(asked, []);
  });
});
