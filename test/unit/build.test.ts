// What an image is built from: which files, which Dockerfiles, which keys of `build`, and what it is called.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { builtImage } from '../../src/core/build/built-image.ts';
import { readDockerfile } from '../../src/core/build/dockerfile.ts';
import { readDockerignore } from '../../src/core/build/dockerignore.ts';
import { platformArguments } from '../../src/core/build/platform-arguments.ts';
import { buildNotices, buildProblems, readBuild } from '../../src/core/build/read-build.ts';

describe('.dockerignore', () => {
  const rows: [lines: string, ignored: string[], sent: string[]][] = [
    ['', [], ['a', 'a/b']],
    ['# a\n\n  \n.', [], ['a', '# a']],
    ['a', ['a', 'a/b', 'a/b/c'], ['b/a', 'ab']],
    ['/a/', ['a', 'a/b'], ['b/a']],
    ['./a/../b', ['b'], ['a']],
    ['*.log', ['x.log'], ['a/x.log', 'x.log2']],
    ['**/*.log', ['x.log', 'a/x.log', 'a/b/x.log'], ['x.logs']],
    ['a/**', ['a/b', 'a/b/c'], ['a', 'b']],
    ['**', ['a', 'a/b'], []],
    ['a?c', ['abc'], ['a/c', 'ac']],
    ['[ab]c', ['ac', 'bc'], ['cc']],
    ['a\\*', ['a*'], ['ab']],
    ['a[', [], ['a[', 'a']],
    ['a\n!a/b', ['a', 'a/c'], ['a/b', 'a/b/c']],
    ['*\n!src', ['a', 'b/c'], ['src', 'src/x']],
    ['!a\na', ['a'], []],
    ['\uFEFFa', ['a'], []],
    ['a.b+c(d)', ['a.b+c(d)'], ['aXb+c(d)']],
    ['node_modules\r\ndist\r\n', ['node_modules/x', 'dist'], ['src']],
  ];
  for (const [lines, ignored, sent] of rows) {
    it(`of ${JSON.stringify(lines)}`, () => {
      const rules = readDockerignore(lines);
      assert.deepEqual(
        ignored.filter((path) => !rules.ignores(path)),
        [],
        'is sent',
      );
      assert.deepEqual(
        sent.filter((path) => rules.ignores(path)),
        [],
        'is left out',
      );
    });
  }

  it('does not leave a folder unseen that holds what is taken in again', () => {
    const rules = readDockerignore('a\n!a/b/c\nd');
    assert.deepEqual(['a', 'a/b', 'd'].map(rules.mayTakeIn), [true, true, false]);
  });
});

describe('a Dockerfile', () => {
  const problemsIn = (text: string) =>
    readDockerfile(text, 'app/Dockerfile').problems.map(
      ({ file, line, reason }) => `${file}:${line} ${reason}`,
    );

  it('that the engine builds by itself is fine', () => {
    const text = `# syntax=docker/dockerfile:1
ARG TAG=3
FROM alpine:\${TAG} AS base
ARG TARGETARCH VERSION=1
RUN echo "--mount=type=cache" && \\
    # a comment in between

    echo $((1<<2)) && cat <<<word
COPY --from=base --chown=1:1 a b
ADD ./http://x /x
ADD --chown=1 a.tar.gz /x
HEALTHCHECK --interval=5s CMD true
`;
    assert.deepEqual(readDockerfile(text, 'Dockerfile'), {
      problems: [],
      args: ['TAG', 'TARGETARCH', 'VERSION'],
    });
  });

  for (const [text, reason] of [
    ['RUN --mount=type=cache,target=/c make', 'BuildKitOnly'],
    ['run --network=host make', 'BuildKitOnly'],
    ['RUN --security=insecure make', 'BuildKitOnly'],
    ['RUN \\\n  --mount=type=ssh make', 'BuildKitOnly'],
    ['RUN <<EOF\nmake\nEOF', 'BuildKitOnly'],
    ['COPY <<"EOF" /x\nx\nEOF', 'BuildKitOnly'],
    ['COPY --chmod=755 a b', 'BuildKitOnly'],
    ['COPY --chown=1 --parents a b', 'BuildKitOnly'],
    ['ADD --checksum=sha256:x ./a b', 'BuildKitOnly'],
    ['FROM --platform=$BUILDPLATFORM alpine', 'BuildKitOnly'],
    ['FROM --platform=${TARGETPLATFORM} alpine', 'BuildKitOnly'],
    ['ONBUILD RUN --mount=type=cache make', 'BuildKitOnly'],
    ['ADD http://169.254.169.254/latest /x', 'BuildRefused'],
    ['ADD a ht"tp"://127.0.0.1/x /x', 'BuildRefused'],
    ['ADD ["https://127.0.0.1/x", "/x"]', 'BuildRefused'],
    ['ADD ${WHERE} /x', 'BuildRefused'],
    ['ADD http${COLON}//127.0.0.1 /x', 'BuildRefused'],
    ['ADD git@127.0.0.1:x.git /x', 'BuildRefused'],
    ['ONBUILD ADD http://127.0.0.1/x /x', 'BuildRefused'],
  ] as const) {
    it(`with ${JSON.stringify(text)} is told at its line`, () => {
      assert.deepEqual(problemsIn(`FROM scratch\n\n${text}\n`), [`app/Dockerfile:3 ${reason}`]);
    });
  }

  it('with another sign for lines that go on is read so', () => {
    assert.deepEqual(problemsIn('# escape=`\nFROM x\nRUN `\n  --mount=type=cache make\n'), [
      'app/Dockerfile:3 BuildKitOnly',
    ]);
  });
});

describe('build of a service', () => {
  const build = { context: '/src/app', dockerfile: 'Dockerfile' };
  const reasons = (more: Record<string, unknown>) =>
    buildProblems('web', { build: { ...build, ...more } }).map(({ path, reason }) => `${path} ${reason}`);

  it('is taken with what makes the image', () => {
    const more = {
      args: { A: '1', B: 2, C: null, D: 'a$$b' },
      labels: { l: 'x' },
      target: 'prod',
      network: 'none',
      platforms: ['linux/amd64'],
      shm_size: '64m',
      no_cache: true,
      tags: ['acme/web:1'],
    };
    assert.deepEqual(reasons(more), []);
    assert.deepEqual(readBuild({ build: { ...build, ...more } }), {
      context: '/src/app',
      dockerfile: 'Dockerfile',
      inline: null,
      args: { A: '1', B: '2', D: 'a$b' },
      labels: { l: 'x' },
      target: 'prod',
      network: 'none',
      platform: 'linux/amd64',
      shmSizeBytes: 64 * 1024 ** 2,
      noCache: true,
      tags: ['acme/web:1'],
    });
    assert.equal(readBuild({ image: 'x' }), null);
  });

  for (const [key, value] of Object.entries({
    privileged: true,
    entitlements: ['network.host'],
    ssh: ['default'],
    secrets: [{ source: 's' }],
    additional_contexts: { other: '../other' },
    extra_hosts: ['a:127.0.0.1'],
    isolation: 'process',
    something_new: 'x',
    network: 'host',
    platforms: ['linux/amd64', 'linux/arm64'],
  })) {
    it(`with ${key} is refused, at its place`, () =>
      assert.deepEqual(reasons({ [key]: value }), [`services.web.build.${key} BuildRefused`]));
  }

  it('with a network of somebody else is refused', () => {
    for (const network of ['container:npm', 'npm_default', 'service:db'])
      assert.deepEqual(reasons({ network }), ['services.web.build.network BuildRefused'], network);
  });

  it('tells what is passed over', () => {
    const passed = { cache_from: ['x'], cache_to: [], pull: true, provenance: false };
    assert.deepEqual(reasons(passed), []);
    const [notice, ...more] = buildNotices('web', { build: { ...build, ...passed } });
    assert.match(notice?.message ?? '', /^services\.web\.build: cache_from, pull are passed over/);
    assert.deepEqual(more, []);
    assert.deepEqual(buildNotices('web', { build }), []);
  });

  it('says all of it in one sentence of a readable length', () => {
    const all = {
      privileged: true,
      ssh: ['x'],
      secrets: ['x'],
      additional_contexts: { a: 'b' },
      network: 'host',
    };
    for (const { message } of buildProblems('some-service', { build: { ...build, ...all } }))
      assert.ok(message.length <= 160, `${message.length}: ${message}`);
  });
});

describe('the name of an image that is built', () => {
  it('is one that engines take, whatever project and service are called', () => {
    const hash = 'ab'.repeat(32);
    assert.equal(
      builtImage({ project: 'immich', service: 'web', hash }),
      'tinyforge/immich-web:abababababab',
    );
    assert.equal(
      builtImage({ project: 'my_app', service: 'Web.1__x', hash }),
      'tinyforge/my-app-web-1-x:abababababab',
    );
  });
});

describe('arguments that BuildKit would fill', () => {
  it('are given to who asks for them', () => {
    const engine = { os: 'linux', architecture: 'x86_64' };
    assert.deepEqual(platformArguments(['TARGETARCH', 'BUILDPLATFORM', 'OTHER'], engine), {
      BUILDPLATFORM: 'linux/amd64',
      TARGETARCH: 'amd64',
    });
    assert.deepEqual(platformArguments([], engine), {});
  });
});
