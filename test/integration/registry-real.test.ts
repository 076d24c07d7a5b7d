// A real Distribution registry: digests of images and of indexes over platforms, with and without a password, away and back.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { createSystemClock } from '../../src/adapters/clock/system-clock.ts';
import { createRegistry } from '../../src/adapters/registry/create-registry.ts';
import { isFault } from '../../src/model/errors.ts';
import { freePort } from '../support/real/program.ts';
import { type RealRegistry, startRegistry } from '../support/real/registry.ts';

const never = new AbortController().signal;
const clock = createSystemClock();
const OCI = 'application/vnd.oci.image';

test('a tag is its digest, before and after it moves', async () => {
  await using real = await startRegistry();
  const registry = createRegistry({ clock });
  const one = await pushImage(real, { repository: 'acme/shop', tag: '2.1', text: 'one' });
  const image = `${real.address}/acme/shop:2.1`;
  assert.equal(await registry.resolveDigest(image, never), one);
  assert.equal(await real.digestOf('acme/shop', '2.1'), one);
  const two = await pushImage(real, { repository: 'acme/shop', tag: '2.1', text: 'two' });
  assert.notEqual(two, one);
  assert.equal(await registry.resolveDigest(image, never), two);
});

test('a tag over several platforms is the digest of its index', async () => {
  await using real = await startRegistry();
  const platform = await pushImage(real, { repository: 'acme/shop', tag: 'amd64', text: 'amd64' });
  const index = JSON.stringify({
    schemaVersion: 2,
    mediaType: `${OCI}.index.v1+json`,
    manifests: [
      {
        mediaType: `${OCI}.manifest.v1+json`,
        digest: platform,
        size: 1,
        platform: { os: 'linux', architecture: 'amd64' },
      },
    ],
  });
  const digest = await putManifest(real, {
    repository: 'acme/shop',
    tag: 'latest',
    type: `${OCI}.index.v1+json`,
    body: index,
  });
  assert.equal(await createRegistry({ clock }).resolveDigest(`${real.address}/acme/shop`, never), digest);
  assert.notEqual(digest, platform);
});

test('with a password: asked for, taken, refused', async () => {
  await using real = await startRegistry({ authentication: 'basic' });
  const digest = await pushImage(real, { repository: 'shop', tag: '1', text: 'x' });
  const image = `${real.address}/shop:1`;
  const good = createRegistry({ clock, credentials: () => real.credentials });
  assert.equal(await good.resolveDigest(image, never), digest);
  for (const credentials of [() => null, () => ({ ...real.credentials, password: 'wrong' })]) {
    const registry = createRegistry({ clock, credentials });
    assert.equal(await reasonOf(registry.resolveDigest(image, never)), 'ImagePullDenied');
  }
});

test('a missing tag or repository, a registry that is away and comes back, nobody at all', async () => {
  await using real = await startRegistry();
  const digest = await pushImage(real, { repository: 'shop', tag: '1', text: 'x' });
  const registry = createRegistry({ clock });
  const image = `${real.address}/shop:1`;
  assert.equal(await reasonOf(registry.resolveDigest(`${real.address}/shop:2`, never)), 'ImageMissing');
  assert.equal(await reasonOf(registry.resolveDigest(`${real.address}/none:1`, never)), 'ImageMissing');
  assert.equal(await registry.resolveDigest(image, never), digest);
  await real.pause();
  assert.equal(await reasonOf(registry.resolveDigest(image, never)), 'RegistryAway');
  await real.resume();
  assert.equal(await registry.resolveDigest(image, never), digest);
  assert.equal(
    await reasonOf(registry.resolveDigest(`127.0.0.1:${await freePort()}/shop`, never)),
    'RegistryAway',
  );
});

async function reasonOf(asked: Promise<string>): Promise<string> {
  const error: unknown = await asked.catch((thrown: unknown) => thrown);
  assert.ok(isFault(error), String(error));
  return error.reason;
}

async function pushImage(
  real: RealRegistry,
  { repository, tag, text }: { repository: string; tag: string; text: string },
): Promise<string> {
  const config = await pushBlob(real, {
    repository,
    text: JSON.stringify({ os: 'linux', architecture: 'amd64', text }),
  });
  const body = JSON.stringify({
    schemaVersion: 2,
    mediaType: `${OCI}.manifest.v1+json`,
    config: { mediaType: `${OCI}.config.v1+json`, ...config },
    layers: [],
  });
  return await putManifest(real, { repository, tag, type: `${OCI}.manifest.v1+json`, body });
}

async function pushBlob(
  real: RealRegistry,
  { repository, text }: { repository: string; text: string },
): Promise<{ digest: string; size: number }> {
  const authorization = authorizationOf(real);
  const begun = await fetch(`${real.url}/v2/${repository}/blobs/uploads/`, {
    method: 'POST',
    headers: { authorization },
  });
  assert.equal(begun.status, 202);
  const digest = sha256(text);
  const url = new URL(begun.headers.get('location') ?? '', real.url);
  url.searchParams.set('digest', digest);
  const headers = { authorization, 'content-type': 'application/octet-stream' };
  const put = await fetch(url, { method: 'PUT', headers, body: text });
  assert.equal(put.status, 201);
  return { digest, size: Buffer.byteLength(text) };
}

async function putManifest(
  real: RealRegistry,
  { repository, tag, type, body }: { repository: string; tag: string; type: string; body: string },
): Promise<string> {
  const url = `${real.url}/v2/${repository}/manifests/${tag}`;
  const headers = { authorization: authorizationOf(real), 'content-type': type };
  const put = await fetch(url, { method: 'PUT', headers, body });
  assert.equal(put.status, 201, await put.text());
  return sha256(body);
}

function authorizationOf({ credentials }: RealRegistry): string {
  return `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')}`;
}

function sha256(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}
