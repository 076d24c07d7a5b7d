// Contract: building an image of a tar stream, its names and labels, and how it goes wrong.
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { describe, it } from 'node:test';
import { pack } from 'tar-stream';
import { fault } from '../../src/model/errors.ts';
import type { ImageBuild } from '../../src/ports/container-runtime.ts';
import { rejectsWith } from './container-runtime.expect.ts';
import { createRequest, type RuntimeHarness } from './container-runtime.harness.ts';

/** Without RUN, which would need a machine that may run it: what it makes is told by its files. */
const WELL = 'FROM scratch\nCOPY words /words\n';

export function buildCases(get: () => RuntimeHarness): void {
  describe('images that are built', () => {
    const build = async (
      name: string,
      dockerfile: string,
      change: Partial<ImageBuild> = {},
    ): Promise<string> => {
      const image = `tinyforge/${get().prefix}-${name}:1`;
      await get().runtime.buildImage({
        image,
        archive: archiveOf({ Dockerfile: dockerfile, words: name }),
        dockerfile: 'Dockerfile',
        args: {},
        labels: { 'tinyforge.built.by': 'contract' },
        target: null,
        network: 'default',
        platform: null,
        memoryBytes: 256 * 1024 ** 2,
        shmSizeBytes: null,
        noCache: false,
        signal: new AbortController().signal,
        onLine: () => {},
        ...change,
      });
      return image;
    };

    it('are known by their name, carry their labels and are in no registry', async () => {
      const lines: string[] = [];
      const image = await build('well', WELL, { onLine: (line) => lines.push(line) });
      const made = await get().runtime.inspectImage(image);
      assert.deepEqual(made?.marks, { 'tinyforge.built.by': 'contract' });
      // The image store that is Docker 29's usual one gives what was made here a digest too, which is its own id.
      for (const digest of made.repoDigests)
        assert.equal(digest, `${image.replace(/:[^:]*$/, '')}@${made.id}`);
      assert.ok(
        lines.some((line) => line.includes('COPY words /words')),
        lines.join('\n'),
      );
      await get().runtime.removeImage(image);
      assert.equal(await get().runtime.inspectImage(image), null);
    });

    it('begin from what the engine has', async () => {
      const { runtime, prefix, images } = get();
      const image = await build('begins', `FROM ${images.web}\nCOPY words /words\n`);
      await runtime.createContainer(createRequest(get(), { name: `${prefix}-of-built`, spec: { image } }));
      await runtime.removeImage(image);
      assert.notEqual(await runtime.inspectImage(image), null, 'a container is made of it');
      await runtime.removeContainer(`${prefix}-of-built`);
      await runtime.removeImage(image);
      assert.equal(await runtime.inspectImage(image), null);
    });

    it('have as many names as they are given, and lose one at a time', async () => {
      const { runtime, prefix } = get();
      const image = await build('named', WELL);
      const own = `${prefix}/own:2`;
      await runtime.tagImage(image, own);
      const { id } = (await runtime.inspectImage(image)) ?? {};
      assert.equal((await runtime.inspectImage(own))?.id, id);
      await runtime.removeImage(image);
      assert.equal(await runtime.inspectImage(image), null);
      assert.equal((await runtime.inspectImage(own))?.id, id);
      await runtime.removeImage(own);
      assert.equal(await runtime.inspectImage(own), null);
      await rejectsWith(runtime.tagImage(image, own), { reason: 'ImageMissing', disposition: 'retry' });
    });

    it('that fail by their content are the fault of the version, and leave no image', async () => {
      for (const [name, dockerfile] of Object.entries({
        copy: 'FROM scratch\nCOPY nowhere /x\n',
        nowhere: 'none at all',
      })) {
        const failing = build(name, dockerfile, name === 'nowhere' ? { dockerfile: 'other' } : {});
        await rejectsWith(failing, { reason: 'BuildFailed', disposition: 'version', words: /nowhere|other/ });
        assert.equal(await get().runtime.inspectImage(`tinyforge/${get().prefix}-${name}:1`), null);
      }
    });

    it('that begin from what nobody has are tried again', async () => {
      const failing = build('base', `FROM ${get().images.missing}\nCOPY words /words\n`);
      await rejectsWith(failing, { reason: 'ImagePullFailed', disposition: 'retry' });
    });

    it('of an archive that breaks off fail with what broke it', async () => {
      const broken = fault({
        code: 'FILE_CHANGED',
        reason: 'FileChanged',
        message: 'changed',
        hint: 'Look again.',
        disposition: 'conflict',
      });
      async function* half() {
        yield Buffer.alloc(512);
        throw broken;
      }
      const failing = build('broken', WELL, { archive: Readable.from(half()) });
      await rejectsWith(failing, { reason: 'FileChanged', disposition: 'conflict' });
      assert.equal(await get().runtime.inspectImage(`tinyforge/${get().prefix}-broken:1`), null);
    });

    it('that nobody waits for any more end with the reason of that', async () => {
      const ended = AbortSignal.abort(new Error('enough'));
      await assert.rejects(build('ended', WELL, { signal: ended }), /enough/);
    });
  });
}

function archiveOf(files: Record<string, string>): NodeJS.ReadableStream {
  const tar = pack();
  for (const [name, text] of Object.entries(files)) tar.entry({ name }, text);
  tar.finalize();
  return Readable.from(tar);
}
