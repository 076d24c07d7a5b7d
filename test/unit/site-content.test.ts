// Where the files of a site may be said to be, and what is refused before anybody is asked for them.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DesiredSite } from '../../src/model/desired.ts';
import { catalogOf } from '../support/manifest-catalog.ts';

const SUM = 'a'.repeat(64);

function read(content: unknown): { content: unknown; reasons: string[] } {
  const { units, problems } = catalogOf(JSON.stringify({ kind: 'site', name: 'docs', content }));
  return {
    content: (units[0] as DesiredSite | undefined)?.content,
    reasons: problems.map(({ reason }) => reason),
  };
}

describe('the content of a site', () => {
  it('is an archive, a repository or a folder', () => {
    assert.deepEqual(
      read({
        archive: {
          url: 'https://example.com/a.zip',
          sha256: SUM,
          path: './site',
          credential: '${secret:docs}',
        },
      }).content,
      {
        type: 'archive',
        url: 'https://example.com/a.zip',
        sha256: SUM,
        path: 'site',
        credential: 'docs',
      },
    );
    assert.deepEqual(
      read({ git: { url: 'git@example.com:me/docs.git', credential: '${secret:key}' } }).content,
      {
        type: 'git',
        url: 'git@example.com:me/docs.git',
        ref: 'main',
        path: '',
        pollMs: 60_000,
        credential: 'key',
      },
    );
    assert.deepEqual(read({ path: 'public' }).content, { type: 'path', path: 'public' });
  });
  const rows: Record<string, [unknown, string]> = {
    nowhere: [{}, 'MissingKey'],
    'in two places': [{ path: 'a', archive: { url: 'https://example.com/a.tar', sha256: SUM } }, 'Conflict'],
    'without a checksum': [{ archive: { url: 'https://example.com/a.tar' } }, 'MissingKey'],
    'with a short checksum': [{ archive: { url: 'https://example.com/a.tar', sha256: 'abc' } }, 'BadFormat'],
    'with a password in its address': [
      { archive: { url: 'https://me:word@example.com/a.tar', sha256: SUM } },
      'BadFormat',
    ],
    'a file of the controller': [{ archive: { url: 'file:///etc/passwd', sha256: SUM } }, 'BadFormat'],
    'out of its archive': [
      { archive: { url: 'https://example.com/a.tar', sha256: SUM, path: '../x' } },
      'OutsideSource',
    ],
    'a repository on the disk of the controller': [{ git: { url: 'file:///srv/private.git' } }, 'NotAllowed'],
    'the same by its path': [{ git: { url: '/srv/private.git' } }, 'NotAllowed'],
    'a program': [{ git: { url: 'ext::sh -c id' } }, 'BadFormat'],
    'an option': [{ git: { url: '--upload-pack=id' } }, 'BadFormat'],
    'an option as a branch': [{ git: { url: 'https://example.com/a.git', ref: '--exec' } }, 'BadFormat'],
    'out of its repository': [{ git: { url: 'https://example.com/a.git', path: '../x' } }, 'OutsideSource'],
    'with a password in the address of a repository': [
      { git: { url: 'https://me:word@example.com/a.git' } },
      'SecretInAddress',
    ],
    'with a secret where it would be seen': [{ git: { url: 'https://${secret:x}/a.git' } }, 'SecretNotHere'],
  };
  for (const [what, [content, reason]] of Object.entries(rows))
    it(`is not ${what}`, () => {
      const { reasons } = read(content);
      assert.ok(reasons.includes(reason), reasons.join());
    });
});
