// A stack's services are built by the real engine: once for each content, while what runs serves, and what fails costs nothing of it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { gitConfig } from '../support/git-source-rig.ts';
import { lives, upByHand } from '../support/real/folders.ts';
import { createRepository } from '../support/real/git.ts';
import { testImages } from '../support/real/images.ts';
import { makePlace } from '../support/real/place.ts';
import { type RealStack, RUN, realStack, stackContainers } from '../support/real/stack.ts';
import { startTinyforge } from '../support/real/tinyforge.ts';
import { until } from '../support/real/until.ts';

/** Without an image: what is built decides what runs. */
const BUILT = RUN.replace(/image: [^,]+, /, '');

function service(build = '.', more = ''): string {
  return `services:\n  web: { build: ${build}, ${BUILT}${more} }\n`;
}

function dockerfile(...lines: string[]): string {
  return [`FROM ${testImages.shell}`, ...lines, ''].join('\n');
}

const COPIES = dockerfile('COPY words /words');

async function rigWith(files: Record<string, string>, manifest = ''): Promise<RealStack> {
  const rig = await realStack();
  await rig.manifest(manifest);
  for (const [path, text] of Object.entries(files)) await rig.write(path, text);
  return rig;
}

/** One that runs what it was built from, `one`. */
async function running(manifest = ''): Promise<RealStack> {
  const rig = await rigWith({ 'app/Dockerfile': COPIES, 'app/words': 'one' }, manifest);
  const status = await rig.applied(service());
  assert.equal(status.outcome, 'converged', status.sentence);
  return rig;
}

async function types(rig: RealStack): Promise<string[]> {
  return (await rig.planned()).actions.map(({ type }) => type);
}

interface Image {
  Id: string;
  RepoTags: string[];
  Config: { Labels: Record<string, string> | null };
}

async function image(rig: RealStack, name: string): Promise<Image | null> {
  const answer = await rig.engine.call({ method: 'GET', path: `/images/${encodeURIComponent(name)}/json` });
  return answer.status === 200 ? JSON.parse(answer.text) : null;
}

/** Names of the images that were built for this test's stack. */
async function built(rig: RealStack): Promise<string[]> {
  const filters = encodeURIComponent(
    JSON.stringify({ label: [`tinyforge.built.by=${rig.config.controller}`] }),
  );
  const found = (await rig.docker('GET', `/images/json?filters=${filters}`)) as {
    RepoTags: string[] | null;
  }[];
  return found.flatMap(({ RepoTags }) => RepoTags ?? []).sort();
}

/** What a file of the running container says. */
async function says(rig: RealStack, path = '/words', name = 'web'): Promise<string> {
  const container = (await rig.seen()).find((one) => one.service === name);
  const { State } = (await rig.docker('GET', `/containers/${container?.id}/json`)) as {
    State: { Pid: number };
  };
  return readFileSync(`/proc/${State.Pid}/root${path}`, 'utf8').trim();
}

describe('a service with build', () => {
  it('is built, named by its content, and never built twice', async () => {
    await using rig = await rigWith({
      'app/Dockerfile': dockerfile('COPY words /words'),
      'app/words': 'one',
    });
    await rig.compose(service());
    assert.deepEqual(await types(rig), ['buildImage', 'composeUp', 'awaitServices']);
    const first = await rig.settle();
    assert.equal(first.outcome, 'converged', first.sentence);
    assert.equal(await says(rig), 'one');
    const [web] = await rig.seen();
    assert.match(web?.image ?? '', new RegExp(`^tinyforge/${rig.name}-web:[0-9a-f]{12}$`));
    assert.deepEqual(await types(rig), []);

    const before = await rig.ids();
    await rig.write('app/words', 'two');
    assert.deepEqual(await types(rig), ['buildImage', 'composeUp', 'awaitServices']);
    const second = await rig.settle();
    assert.equal(second.outcome, 'converged', second.sentence);
    assert.equal(await says(rig), 'two');
    assert.notDeepEqual(await rig.ids(), before);

    // What was built before is there still: going back builds nothing.
    await rig.write('app/words', 'one');
    assert.deepEqual(await types(rig), ['composeUp', 'awaitServices']);
    await rig.settle();
    assert.equal((await rig.seen())[0]?.image, web?.image);
  });

  it('is built again where its image was removed by hand', async () => {
    await using rig = await running();
    const [web] = await rig.seen();
    await rig.docker('DELETE', `/containers/${web?.id}?force=1`);
    await rig.docker('DELETE', `/images/${encodeURIComponent(web?.image ?? '')}?force=1`);
    assert.deepEqual(await types(rig), ['buildImage', 'composeUp', 'awaitServices']);
    assert.equal((await rig.settle()).outcome, 'converged');
    assert.equal(await says(rig), 'one');
    assert.equal((await rig.seen())[0]?.image, web?.image);
  });

  it('is built as its Compose file says: arguments, target, another Dockerfile, one that is written in it', async () => {
    await using rig = await rigWith({
      'app/src/words': 'words',
      'app/docker/Dockerfile': [
        'ARG BASE',
        'FROM ${BASE} AS one',
        'ARG GREETING',
        'ARG TARGETARCH',
        'RUN echo "$GREETING $TARGETARCH" > /words',
        'FROM one AS two',
        'RUN echo not this one > /words',
        '',
      ].join('\n'),
      'app/.env': 'WHERE=src\n',
    });
    const status = await rig.applied(`services:
  web: { build: { context: "./\${WHERE}", dockerfile: ../docker/Dockerfile, target: one, args: { BASE: "${testImages.shell}", GREETING: hello } }, ${BUILT} }
  inline:
    build:
      context: src
      dockerfile_inline: |
        FROM ${testImages.shell}
        COPY . /all
        RUN ls -A /all > /words
    init: true
    restart: unless-stopped
`);
    assert.equal(status.outcome, 'converged', status.sentence);
    assert.match(await says(rig), /^hello (amd64|arm64)$/);
    assert.equal(await says(rig, '/words', 'inline'), 'words', 'the Dockerfile itself is not in the image');
    assert.deepEqual(await types(rig), []);
  });

  it('keeps the name that its owner gives it, also for another service of the same image', async () => {
    await using rig = await rigWith({ 'app/Dockerfile': COPIES, 'app/words': 'one' });
    const own = `${rig.name}/own:1`;
    const text = `services:
  web: { image: "${own}", build: ., ${BUILT} }
  worker: { image: "${own}", ${BUILT} }
`;
    assert.equal((await rig.applied(text)).outcome, 'converged');
    const [web, worker] = await rig.seen();
    assert.equal(web?.image, worker?.image);
    assert.equal((await image(rig, own))?.Id, (await image(rig, web?.image ?? ''))?.Id);
    await rig.write('app/words', 'two');
    assert.equal((await rig.settle()).outcome, 'converged');
    assert.equal(await says(rig, '/words', 'worker'), 'two');
    const [after] = await rig.seen();
    assert.equal((await image(rig, own))?.Id, (await image(rig, after?.image ?? ''))?.Id);
  });

  it('does not take the name of an image that somebody else has', async () => {
    await using rig = await rigWith({ 'app/Dockerfile': COPIES, 'app/words': 'one' });
    const before = await image(rig, testImages.web1);
    const status = await rig.applied(
      `services:\n  web: { image: "${testImages.web1}", build: ., ${BUILT} }\n`,
    );
    assert.equal(status.outcome, 'converged', status.sentence);
    assert.equal(await says(rig), 'one');
    assert.equal((await image(rig, testImages.web1))?.Id, before?.Id);
  });

  it('is built from what `.dockerignore` leaves, without the data of its containers, and with links that stay inside', async () => {
    await using rig = await rigWith({
      'app/Dockerfile': dockerfile('COPY . /all', 'RUN cd /all; find . | sort > /words; cat link >> /words'),
      'app/.dockerignore': '# comment\nnode_modules\n**/*.log\n!keep.log\nDockerfile\n.dockerignore\n',
      'app/words': 'one',
      'app/keep.log': 'x',
      'app/deep/a.log': 'x',
      'app/deep/b.txt': 'x',
      'app/node_modules/m/index.js': 'x',
      'app/data/file': 'x',
    });
    await symlink('words', join(rig.directory, 'app/link'));
    await symlink('/etc/passwd', join(rig.directory, 'app/node_modules/out'));
    execFileSync('mkfifo', [join(rig.directory, 'app/data/pipe')]);
    const status = await rig.applied(service('.', ', volumes: ["./data:/data"]'));
    assert.equal(status.outcome, 'converged', status.sentence);
    assert.deepEqual((await says(rig)).split('\n'), [
      ...['.', './compose.yaml', './deep', './deep/b.txt', './keep.log', './link', './stack.yaml', './words'],
      'one',
    ]);
    for (const ignored of ['app/data/file', 'app/node_modules/m/index.js', 'app/deep/new.log'])
      await rig.write(ignored, 'changed');
    assert.deepEqual(await types(rig), []);
  });
});

describe('a build that cannot be', () => {
  it('is told with its place before anything is sent, and what runs stays', async () => {
    await using rig = await running();
    const before = await rig.seen();
    const rows: Record<string, [Record<string, string>, RegExp]> = {
      'no Dockerfile': [
        { 'app/compose.yaml': service('{ dockerfile: nowhere }') },
        /nowhere.*does not exist/,
      ],
      'no context': [{ 'app/compose.yaml': service('./nowhere') }, /nowhere.*does not exist/],
      'a context elsewhere': [{ 'app/compose.yaml': service('/etc') }, /services\.web\.build/],
      'a context above': [{ 'app/compose.yaml': service('../../..') }, /leaves the source's folder/],
      'a context by a variable': [
        { 'app/.env': 'W=../../..\n', 'app/compose.yaml': service('"${W}"') },
        /leaves the source|not below the source/,
      ],
      'a remote context': [
        { 'app/compose.yaml': service('"https://127.0.0.1/x.git"') },
        /engine would fetch and run/,
      ],
      'a Dockerfile above': [
        { 'app/compose.yaml': service('{ context: ., dockerfile: ../../x }') },
        /leaves the source/,
      ],
      'the network of the host': [
        { 'app/compose.yaml': service('{ context: ., network: host }') },
        /build\.network/,
      ],
      'a privileged build': [
        { 'app/compose.yaml': service('{ context: ., privileged: true }') },
        /root on this host/,
      ],
      'keys of somebody': [{ 'app/compose.yaml': service('{ context: ., ssh: [default] }') }, /build\.ssh/],
      'a label of ours': [
        { 'app/compose.yaml': service('{ context: ., labels: { tinyforge.managed: "true" } }') },
        /only Tinyforge writes/,
      ],
      'what only BuildKit can': [
        { 'app/Dockerfile': dockerfile('RUN --mount=type=cache,target=/c true') },
        /RUN --mount: only BuildKit/,
      ],
      'an address on the network of the host': [
        { 'app/Dockerfile': dockerfile('ADD http://127.0.0.1:1/x /x') },
        /ADD of an address/,
      ],
    };
    for (const [what, [files, told]] of Object.entries(rows)) {
      await rig.write('app/Dockerfile', COPIES);
      await rig.compose(service());
      for (const [path, text] of Object.entries(files)) await rig.write(path, text);
      const status = await rig.settle();
      assert.notEqual(status.outcome, 'converged', what);
      assert.match(status.sentence, told, `${what}: ${status.sentence}`);
      assert.deepEqual(lives(await rig.seen()), lives(before), what);
    }
    await rm(join(rig.directory, 'app/.env'));
    await rig.write('app/Dockerfile', COPIES);
    await symlink('/etc', join(rig.directory, 'app/out'));
    await rig.compose(service());
    assert.match((await rig.settle()).sentence, /"out" is a link that leads out/);
    await rm(join(rig.directory, 'app/out'));
    execFileSync('mkfifo', [join(rig.directory, 'app/pipe')]);
    assert.match((await rig.settle()).sentence, /pipe/);
    await rm(join(rig.directory, 'app/pipe'));
    assert.equal((await rig.settle()).outcome, 'converged');
    assert.deepEqual(lives(await rig.seen()), lives(before));
  });

  it('or fails is told, kept in the log and not tried again, and what runs serves on', async () => {
    await using rig = await running('services: { web: { build: { memory: 64m, timeout: 4s } } }\n');
    const before = await rig.seen();
    const rows: Record<string, [string, RegExp]> = {
      'an error': [dockerfile('RUN echo it is broken; exit 3'), /step 2\/\d .*exit code 3/],
      'a file that is not there': [dockerfile('COPY nowhere /x'), /COPY failed.*nowhere/],
      'a word that nobody knows': [dockerfile('BREW coffee'), /unknown instruction/],
      'hunger for memory': [dockerfile('RUN x=a; while true; do x=$x$x$x$x; done'), /exit code 1?\d\d?/],
      'sleep without end': [dockerfile('RUN sleep 7200'), /did not end within 4 s/],
      'a label of ours': [dockerfile('LABEL tinyforge.managed=true'), /only Tinyforge writes/],
    };
    for (const [what, [text, told]] of Object.entries(rows)) {
      await rig.write('app/Dockerfile', text);
      const status = await rig.settle();
      assert.equal(status.outcome, 'rolled-back', `${what}: ${status.sentence}`);
      assert.match(status.sentence, /The build of web failed/, `${what}: ${status.sentence}`);
      assert.match(status.sentence, told, `${what}: ${status.sentence}`);
      assert.deepEqual(lives(await rig.seen()), lives(before), what);
      assert.deepEqual(await types(rig), [], `${what}: the same is not tried again`);
    }
    await rig.write('app/Dockerfile', rows['an error']?.[0] ?? '');
    await rig.settle();
    const pass = await rig.open({ write: false });
    try {
      const deploys = pass.store.deploys(rig.name, { limit: 10 });
      const lines = deploys.flatMap(({ id }) => pass.store.deployLogs(id)).map(({ text }) => text);
      assert.ok(lines.includes('it is broken'), lines.join('\n'));
    } finally {
      await pass.close();
    }
    await rig.write('app/Dockerfile', COPIES);
    await rig.write('app/words', 'two');
    assert.equal((await rig.settle()).outcome, 'converged');
    assert.equal(await says(rig), 'two');
  });

  it('for want of what it begins from is tried again, and no fault of the version', async () => {
    await using rig = await running();
    const before = await rig.seen();
    await rig.write('app/Dockerfile', COPIES.replace(/FROM .*/, `FROM ${rig.name}.invalid/base:1`));
    const status = await rig.settle();
    assert.deepEqual([status.outcome, status.reason], ['waiting', 'ImagePullFailed'], status.sentence);
    assert.match(status.sentence, /begins from/);
    assert.deepEqual(lives(await rig.seen()), lives(before));
    await rig.docker(
      'POST',
      `/images/${encodeURIComponent(testImages.shell)}/tag?repo=${rig.name}.invalid/base&tag=1`,
    );
    await rig.write('app/words', 'two');
    const mended = await rig.settle();
    assert.equal(mended.outcome, 'converged', mended.sentence);
    await rig.docker('DELETE', `/images/${rig.name}.invalid/base:1`);
  });
});

describe('while a build goes on', () => {
  it('what runs serves, also when we are killed in the middle, and the next pass builds it', async () => {
    await using rig = await running();
    const before = await rig.seen();
    await rig.write('app/words', 'two');
    const slow = dockerfile('COPY words /words', 'RUN echo it begins; sleep 3600');
    await rig.write('app/Dockerfile', slow);
    {
      await using child = await startTinyforge(rig.config, { args: ['apply', '-v'] });
      await until({
        what: 'the build to run',
        look: async () => ((await builders(rig)).length > 0 ? true : undefined),
      });
      assert.deepEqual(lives(await rig.seen()), lives(before));
      child.kill('SIGKILL');
      assert.equal((await child.ended).signal, 'SIGKILL', child.output());
    }
    await until({
      what: 'the engine to give the build up',
      look: async () => ((await builders(rig)).length === 0 ? true : undefined),
    });
    assert.deepEqual(lives(await rig.seen()), lives(before));
    await rig.write('app/Dockerfile', COPIES);
    const mended = await rig.settle();
    assert.equal(mended.outcome, 'converged', mended.sentence);
    assert.equal(await says(rig), 'two');
  });
});

describe('images that were built', () => {
  it('go when no version needs them, and with their stack', async () => {
    await using rig = await running();
    rig.config.keep.revisions = 2;
    for (const text of ['two', 'three', 'four']) {
      await rig.write('app/words', text);
      assert.equal((await rig.settle()).outcome, 'converged');
    }
    await rig.settle();
    // The one that runs, and the one to go back to.
    assert.equal((await built(rig)).length, 2);
    // Built well, and never well when it ran.
    await rig.write('app/Dockerfile', `${COPIES}CMD ["false"]\n`);
    assert.equal((await rig.settle()).outcome, 'rolled-back');
    assert.equal(await says(rig), 'four');
    assert.equal((await built(rig)).length, 3);
    await rig.write('app/Dockerfile', COPIES);
    await rig.write('app/words', 'five');
    assert.equal((await rig.settle()).outcome, 'converged');
    await rig.settle();
    assert.equal((await built(rig)).length, 2);
    await rig.write('keep/stack.yaml', `kind: stack\nname: z-${rig.name}\nstate: stopped\n`);
    await rig.write('keep/compose.yaml', `services: { z: { ${RUN} } }`);
    await rig.remove('app');
    await rig.apply({ prune: true });
    await rig.apply({ prune: true });
    assert.deepEqual(await built(rig), []);
  });

  it('can be gone back to', async () => {
    await using rig = await running();
    await rig.write('app/words', 'two');
    assert.equal((await rig.settle()).outcome, 'converged');
    await using back = await startTinyforge(rig.config, { args: ['rollback', rig.name] });
    assert.equal((await back.ended).code, 0, back.output());
    assert.equal(await says(rig), 'one');
  });
});

describe('a stack that was built and started by hand', () => {
  it('is taken over as it runs, and built at its first change', async () => {
    await using rig = await realStack();
    for (const source of rig.config.sources) source.discover = 'compose';
    const name = `${rig.name}-app`;
    const folder = join(rig.directory, name);
    const files = {
      'compose.yaml': `services:\n  web: { build: ., ${BUILT} }\n  plain: { ${RUN} }\n`,
      Dockerfile: COPIES,
      words: 'one',
    };
    for (const [file, text] of Object.entries(files)) await rig.write(`${name}/${file}`, text);
    await upByHand(rig, folder, ['up', '-d', '--build']);
    const before = await stackContainers(rig, name);
    assert.deepEqual(
      before.map(({ image: own }) => own),
      [testImages.shell, `${name}-web`],
    );
    const [plan] = (await rig.plan()).units;
    const effects = plan?.actions.map(({ type }) => type).filter((type) => type !== 'awaitServices');
    assert.deepEqual(effects, ['adoptContainers']);
    assert.deepEqual(plan?.notices, []);
    assert.equal(rig.status(await rig.apply(), name).outcome, 'converged');
    assert.deepEqual(lives(await stackContainers(rig, name)), lives(before));
    assert.deepEqual(await built(rig), []);
    assert.deepEqual(
      (await rig.plan()).units.flatMap(({ actions }) => actions),
      [],
    );

    await rig.write(`${name}/words`, 'two');
    const [changed] = (await rig.plan()).units;
    assert.deepEqual(
      changed?.actions.map(({ type }) => type),
      ['buildImage', 'composeUp', 'awaitServices'],
    );
    assert.equal(rig.status(await rig.apply(), name).outcome, 'converged');
    const after = await stackContainers(rig, name);
    assert.deepEqual(lives(after.filter(({ service }) => service === 'plain')), lives(before.slice(0, 1)));
    assert.match(after[1]?.image ?? '', /^tinyforge\//);

    // And back to what was made by hand, which was kept as it ran.
    await rig.write(`${name}/Dockerfile`, dockerfile('COPY words /words', 'CMD ["false"]'));
    assert.equal(rig.status(await rig.apply(), name).outcome, 'rolled-back');
    assert.equal((await stackContainers(rig, name))[1]?.image, after[1]?.image);
  });
});

describe('a stack of a git source', () => {
  it('is built from its commit, however much lies beside its Compose file', async () => {
    await using place = await makePlace('build-git');
    const git = await createRepository({ folder: place.path, name: 'infra' });
    await using rig = await realStack({ sources: () => [gitConfig({ url: git.url })] });
    const many = Object.fromEntries(
      Array.from({ length: 2_100 }, (_, index) => [`src/${index % 50}/${index}.txt`, `${index}`]),
    );
    await git.commit({
      files: {
        ...many,
        'stack.yaml': `kind: stack\nname: ${rig.name}\n`,
        'compose.yaml': service('.', ', volumes: ["./conf:/conf:ro"]'),
        Dockerfile: dockerfile('COPY . /all', 'RUN cat /all/words /all/src/7/7.txt > /words'),
        '.dockerignore': '*.md\n',
        words: 'one ',
        'conf/a': 'from git',
      },
    });
    const first = await rig.settle();
    assert.equal(first.outcome, 'converged', first.sentence);
    assert.equal(await says(rig), 'one 7');
    assert.equal(await says(rig, '/conf/a'), 'from git');
    assert.deepEqual(await types(rig), []);
    // A commit that changes nothing that is sent.
    await git.commit({ files: { 'README.md': 'x' } });
    assert.deepEqual(await types(rig), []);
    await git.commit({ files: { words: 'two ' } });
    assert.equal((await rig.settle()).outcome, 'converged');
    assert.equal(await says(rig), 'two 7');
  });
});

/** Containers in which some build of this engine runs a step now. */
async function builders(rig: RealStack): Promise<string[]> {
  const listed = (await rig.docker('GET', '/containers/json')) as { Id: string; Command: string }[];
  return listed.filter(({ Command }) => Command.includes('it begins')).map(({ Id }) => Id);
}
