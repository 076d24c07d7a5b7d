// Proves how image names are read, and which digest an image is recorded with.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { digestOf, explicitImage, readImageName } from '../../src/adapters/docker/image-name.ts';

const A = `sha256:${'a'.repeat(64)}`;
const B = `sha256:${'b'.repeat(64)}`;

describe('an image name', () => {
  const cases: [string, string, string | null, string | null][] = [
    ['nginx', 'docker.io/library/nginx', null, null],
    ['nginx:1.27', 'docker.io/library/nginx', '1.27', null],
    ['docker.io/nginx', 'docker.io/library/nginx', null, null],
    ['acme/shop:2', 'docker.io/acme/shop', '2', null],
    ['ghcr.io/acme/shop:2', 'ghcr.io/acme/shop', '2', null],
    ['localhost:5000/shop', 'localhost:5000/shop', null, null],
    ['localhost/shop:1', 'localhost/shop', '1', null],
    [`127.0.0.1:5000/a/b@${A}`, '127.0.0.1:5000/a/b', null, A],
    [`ghcr.io/acme/shop:2@${A}`, 'ghcr.io/acme/shop', '2', A],
  ];
  for (const [image, repository, tag, digest] of cases)
    it(image, () => assert.deepEqual(readImageName(image), { repository, tag, digest }));

  it('is pulled with a tag always, or all tags would come', () => {
    assert.equal(explicitImage('localhost:5000/shop'), 'localhost:5000/shop:latest');
    assert.equal(explicitImage('nginx:1'), 'nginx:1');
    assert.equal(explicitImage(`nginx@${A}`), `nginx@${A}`);
  });
});

describe('the digest of an image', () => {
  const local = { id: 'sha256:id', repoDigests: [`mirror.example/acme/shop@${A}`, `ghcr.io/acme/shop@${B}`] };

  it('is that of its own repository', () => {
    assert.equal(digestOf('ghcr.io/acme/shop:2', local), B);
    assert.equal(digestOf('nginx:1', { id: 'x', repoDigests: [`nginx@${A}`] }), A);
  });
  it('is the one it was asked for by', () => assert.equal(digestOf(`ghcr.io/acme/shop@${A}`, local), A));
  it('is its id where no registry knows it', () => {
    assert.equal(digestOf('made/here:1', { id: 'sha256:id', repoDigests: [] }), 'sha256:id');
    assert.equal(digestOf('made/here:1', local), 'sha256:id');
  });
});
