// The version of the Compose plugin: asked once for each file, and again as soon as the file may be another.
import assert from 'node:assert/strict';
import { chmod, copyFile, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { createVersionMemory } from '../../src/adapters/compose-cli/version-memory.ts';

describe('the version of the Compose plugin', () => {
  let folder: string;
  let plugin: string;
  let asked: number;
  const ask = async () => `2.26.${++asked}`;
  /** As the next process does. */
  const versionNow = () => createVersionMemory(folder).of(plugin, ask);

  beforeEach(async () => {
    asked = 0;
    folder = await mkdtemp(join(tmpdir(), 'tinyforge-version-'));
    plugin = join(folder, 'docker-compose');
    await copyFile('/bin/true', plugin);
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is asked by the first process and known to the others', async () => {
    assert.deepEqual([await versionNow(), await versionNow(), asked], ['2.26.1', '2.26.1', 1]);
  });

  it('is asked again when the file was written, even with the size and the time of the one before', async () => {
    const old = new Date(2020, 1, 1);
    await utimes(plugin, old, old);
    await versionNow();
    await copyFile('/bin/true', plugin);
    await utimes(plugin, old, old);
    assert.equal(await versionNow(), '2.26.2');
  });

  it('is asked each time of a script, which may start another plugin tomorrow', async () => {
    await writeFile(plugin, '#!/bin/sh\nexec docker-compose-of-today "$@"\n');
    await chmod(plugin, 0o755);
    assert.deepEqual([await versionNow(), await versionNow()], ['2.26.1', '2.26.2']);
  });

  it('is asked again when what was kept is damaged', async () => {
    await versionNow();
    const kept = join(folder, 'plugin-version');
    await writeFile(kept, '');
    assert.equal(await versionNow(), '2.26.2');
  });

  it('is not kept when the plugin would not tell it', async () => {
    const refuse = () => Promise.reject(new Error('no version'));
    await assert.rejects(createVersionMemory(folder).of(plugin, refuse), /no version/);
    assert.equal(await versionNow(), '2.26.1');
  });
});
