// What every ComposeRunner must do: the suite that keeps the fake one honest.
import assert from 'node:assert/strict';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { describe, it } from 'node:test';
import { isFault } from '../../src/model/errors.ts';
import type { ComposeFiles, ComposeRunner } from '../../src/ports/compose-runner.ts';
import { makePlace, type Place } from './real/place.ts';

export interface ContractRig extends AsyncDisposable {
  runner: ComposeRunner;
  /** A project that nobody else uses. */
  project: string;
  /** An image that is there. */
  image: string;
  /** Names and ids of the project's containers. */
  containers(): Promise<
    { name: string; id: string; labels: Record<string, string>; environment: Record<string, string> }[]
  >;
}

type Resolved = { name: string; services: Record<string, Record<string, unknown>> } & Record<
  string,
  Record<string, Record<string, unknown>>
>;

export function composeRunnerContract(what: string, makeRig: (place: Place) => Promise<ContractRig>): void {
  async function withRig(
    work: (rig: ContractRig, files: FilesOf, place: Place) => Promise<void>,
  ): Promise<void> {
    await using place = await makePlace('compose-contract');
    await using rig = await makeRig(place);
    const files: FilesOf = async (texts, changes = {}) => {
      for (const [path, text] of Object.entries(texts)) {
        await mkdir(dirname(place.at('app', path)), { recursive: true });
        await writeFile(place.at('app', path), text);
      }
      await chmod(place.path, 0o755);
      return {
        project: rig.project,
        files: [place.at('app/compose.yaml')],
        projectDirectory: place.at('app'),
        variables: {},
        profiles: ['*'],
        ...changes,
      };
    };
    await work(rig, files, place);
  }
  type FilesOf = (texts: Record<string, string>, changes?: Partial<ComposeFiles>) => Promise<ComposeFiles>;
  const never = () => new AbortController().signal;

  describe(`${what}: config`, () => {
    it('resolves paths, env files, defaults and names, and doubles dollars', () =>
      withRig(async ({ runner, project }, files, place) => {
        const given = await files(
          {
            'compose.yaml': `services:
  web:
    image: "x:\${TAG}"
    env_file: [web.env]
    environment: { A: "\${A}", L: "$$lit" }
    volumes: ["./data:/data", "./conf:/conf:ro", "files:/files"]
    ports: ["127.0.0.1:8080:80", "9000"]
    configs: [c]
    secrets: [s]
    depends_on: [db]
  db: { image: y, profiles: [p] }
configs: { c: { file: ./c.txt } }
secrets: { s: { environment: A } }
volumes: { files: {} }
`,
            'web.env': 'E=1\n',
          },
          { variables: { TAG: '7', A: 'a"b$c\\d\ne\'f' } },
        );
        const json = (await runner.config(given, never())) as Resolved;
        const web = json.services.web ?? {};
        assert.equal(json.name, project);
        assert.deepEqual(web.image, 'x:7');
        assert.deepEqual(web.environment, { A: 'a"b$$c\\d\ne\'f', E: '1', L: '$$lit' });
        assert.deepEqual(
          (web.volumes as Record<string, unknown>[]).map(({ type, source, read_only }) => [
            type,
            source,
            read_only ?? false,
          ]),
          [
            ['bind', place.at('app/data'), false],
            ['bind', place.at('app/conf'), true],
            ['volume', 'files', false],
          ],
        );
        assert.deepEqual(
          (web.ports as Record<string, unknown>[]).map(({ host_ip, published, target }) => [
            host_ip,
            published,
            target,
          ]),
          [
            ['127.0.0.1', '8080', 80],
            [undefined, undefined, 9000],
          ],
        );
        assert.deepEqual(web.networks, { default: null });
        assert.deepEqual(Object.keys(web.depends_on as object), ['db']);
        assert.deepEqual(json.services.db?.profiles, ['p']);
        assert.equal(json.configs?.c?.file, place.at('app/c.txt'));
        assert.equal(json.secrets?.s?.environment, 'A');
        assert.equal(json.networks?.default?.name, `${project}_default`);
        assert.equal(json.volumes?.files?.name, `${project}_files`);
      }));

    it('leaves out what is behind a profile that is off', () =>
      withRig(async ({ runner }, files) => {
        const text = { 'compose.yaml': 'services: { a: { image: x }, b: { image: y, profiles: [p] } }' };
        const json = (await runner.config(await files(text, { profiles: [] }), never())) as Resolved;
        assert.deepEqual(Object.keys(json.services), ['a']);
      }));

    it('refuses what it cannot read, in its own words', () =>
      withRig(async ({ runner }, files) => {
        const texts: [string, RegExp][] = [
          ['services: { a: { image: "${X:?say x}" } }', /required variable X is missing a value: say x/],
          ['services: { a: { env_file: [none.env], image: x } }', /none\.env/],
          ['services: { a: { command: x } }', /has neither an image nor a build context/],
        ];
        for (const [text, words] of texts) {
          await assert.rejects(
            runner.config(await files({ 'compose.yaml': text }), never()),
            (error: unknown) => {
              assert.ok(isFault(error));
              assert.equal(error.reason, 'ComposeRefused');
              assert.equal(error.disposition, 'stalled');
              assert.match(error.message, words);
              return true;
            },
          );
        }
      }));

    it('ends with the signal', () =>
      withRig(async ({ runner }, files) => {
        const reason = new Error('enough');
        const given = await files({ 'compose.yaml': 'services: { a: { image: x } }' });
        await assert.rejects(runner.config(given, AbortSignal.abort(reason)), reason);
      }));

    it('tells its version', () =>
      withRig(async ({ runner }) => assert.match(await runner.version(), /^\d+\.\d+\.\d+$/)));
  });

  describe(`${what}: up`, () => {
    const resolved = (image: string, changes: Record<string, unknown> = {}) =>
      JSON.stringify({
        services: Object.fromEntries(
          ['a', 'b', 'c'].map((name) => [
            name,
            {
              image,
              command: ['sleep', '1000'],
              init: true,
              stop_grace_period: '0s',
              environment: { N: name },
              ...(name === 'a' ? changes : {}),
            },
          ]),
        ),
      });

    it('makes what is listed, changes nothing that is right, and remakes what changed', () =>
      withRig(async (rig, files, place) => {
        const { runner, project, image } = rig;
        const up = async (services: string[], changes = {}, how: { recreate?: true } = {}) => {
          await files({ 'resolved.json': resolved(image, changes) });
          const lines: string[] = [];
          await runner.up({
            project,
            file: place.at('app/resolved.json'),
            projectDirectory: place.at('app'),
            services,
            ...how,
            signal: never(),
            onLine: (line) => lines.push(line),
          });
          return lines;
        };
        assert.ok((await up(['a', 'b'])).some((line) => line.includes(`${project}-a-1`)));
        const first = await rig.containers();
        assert.deepEqual(first.map(({ name }) => name).sort(), [`${project}-a-1`, `${project}-b-1`]);
        await up(['a', 'b']);
        assert.deepEqual(idsOf(await rig.containers()), idsOf(first));
        await up(['a', 'b'], { labels: { 'tinyforge.spec-hash': '2' } });
        const second = await rig.containers();
        assert.notEqual(idOf(second, `${project}-a-1`), idOf(first, `${project}-a-1`));
        assert.equal(idOf(second, `${project}-b-1`), idOf(first, `${project}-b-1`));
        assert.equal(
          second.find(({ name }) => name === `${project}-a-1`)?.labels['tinyforge.spec-hash'],
          '2',
        );
        await up(['b'], { labels: { 'tinyforge.spec-hash': '2' } }, { recreate: true });
        const third = await rig.containers();
        assert.equal(idOf(third, `${project}-a-1`), idOf(second, `${project}-a-1`));
        assert.notEqual(idOf(third, `${project}-b-1`), idOf(second, `${project}-b-1`));
        await up([]);
        assert.equal((await rig.containers()).length, 2);
      }));

    it('with a scale makes new ones beside those that are there, which stay as they are, numbered on', () =>
      withRig(async ({ runner, project, image, ...rig }, files, place) => {
        const up = async (version: string, scale?: Record<string, number>) => {
          await files({ 'resolved.json': resolved(image, { labels: { 'tinyforge.spec-hash': version } }) });
          await runner.up({
            project,
            file: place.at('app/resolved.json'),
            projectDirectory: place.at('app'),
            services: ['a'],
            ...(scale === undefined ? {} : { scale }),
            signal: never(),
            onLine: () => {},
          });
        };
        await up('1');
        const first = await rig.containers();
        for (const [version, scale] of [
          ['2', 2],
          ['2', 2],
          ['3', 4],
        ] as const)
          await up(version, { a: scale });
        const all = await rig.containers();
        const versions = all.map(({ name, labels }) => [name, labels['tinyforge.spec-hash']]);
        assert.deepEqual(versions.sort(), [
          [`${project}-a-1`, '1'],
          [`${project}-a-2`, '2'],
          [`${project}-a-3`, '3'],
          [`${project}-a-4`, '3'],
        ]);
        assert.equal(idOf(all, `${project}-a-1`), idOf(first, `${project}-a-1`));
      }));

    it('needs the variables that secrets are filled from', () =>
      withRig(async ({ runner, project, image }, files, place) => {
        const text = JSON.stringify({
          services: {
            a: {
              image,
              command: ['sleep', '1000'],
              init: true,
              stop_grace_period: '0s',
              secrets: [{ source: 's' }],
            },
          },
          secrets: { s: { environment: 'S' } },
        });
        await files({ 'resolved.json': text });
        const up = (variables: Record<string, string>) =>
          runner.up({
            project,
            file: place.at('app/resolved.json'),
            projectDirectory: place.at('app'),
            services: ['a'],
            variables,
            signal: never(),
            onLine: () => {},
          });
        await assert.rejects(up({}), /"S" required by file/);
        await up({ S: 'value' });
      }));
  });
}

function idOf(containers: { name: string; id: string }[], name: string): string | undefined {
  return containers.find((container) => container.name === name)?.id;
}

function idsOf(containers: { id: string }[]): string[] {
  return containers.map(({ id }) => id).sort();
}
