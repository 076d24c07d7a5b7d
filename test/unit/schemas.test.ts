// schemas/ is as the kinds say, editors can use it, and the examples hold against it and are read without a problem.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parseAllDocuments } from 'yaml';
import { schemaFiles } from '../../scripts/schemas/files.ts';
import { readConfig } from '../../src/core/config.ts';
import { configSchema } from '../../src/core/schema-config.ts';
import { readers } from '../../src/kinds/readers.ts';
import { catalogOf } from '../support/manifest-catalog.ts';

const root = join(import.meta.dirname, '../..');
const files = schemaFiles();
const schema = (name: string): object => JSON.parse(files[name] ?? 'null') as object;
const examples = Object.fromEntries(
  globSync('**/*.yaml', { cwd: join(root, 'examples/forge.d') })
    .sort()
    .map((path) => [path, readFileSync(join(root, 'examples/forge.d', path), 'utf8')]),
);
const variables = { WEB_IMAGE: '127.0.0.1:5000/web', SITE_IMAGE: '127.0.0.1:5000/site' };

describe('schemas/', () => {
  for (const [name, text] of Object.entries(files)) {
    it(`${name} is as the kinds say`, () => {
      const written = readFileSync(join(root, 'schemas', name), 'utf8');
      assert.ok(written === text, `schemas/${name} is behind the kinds: run \`npm run schemas\``);
    });
  }

  it('has one for each kind, each with a line of help for most of its keys', () => {
    for (const { kind } of readers) {
      const { properties } = schema(`${kind}.schema.json`) as {
        properties: Record<string, { description?: string }>;
      };
      const described = Object.values(properties).filter(({ description }) => description !== undefined);
      assert.ok(described.length >= Object.keys(properties).length * 0.7, kind);
    }
  });

  it('are made from schemas that ajv takes word for word', () => {
    // At run time this is not looked at, for it costs each command a tenth of a second.
    const ajv = new Ajv2020({ strict: true, strictTypes: false, allowUnionTypes: true });
    ajv.addVocabulary(['expects', 'example', 'keyExpects']);
    for (const own of [...readers.map((reader) => reader.schema), configSchema]) assert.ok(ajv.compile(own));
  });

  it('holds nothing that only we understand', () => {
    for (const text of Object.values(files)) assert.doesNotMatch(text, /"(expects|keyExpects|example)":/);
  });

  const checks = {
    '2020-12': new Ajv2020({ strict: false }).compile(schema('manifest.schema.json')),
    'draft-07': new Ajv({ strict: false }).compile(schema('draft-07/manifest.schema.json')),
  };
  for (const [draft, check] of Object.entries(checks)) {
    it(`takes the examples, by ${draft}`, () => {
      for (const [path, text] of Object.entries(examples)) {
        for (const document of parseAllDocuments(text)) {
          const value = document.toJS() as { kind?: string };
          if (value.kind === undefined) continue;
          assert.ok(check(value), `${path}: ${JSON.stringify(check.errors)}`);
        }
      }
    });

    it(`refuses other keys and values, and takes variables, by ${draft}`, () => {
      const shop = { kind: 'project', name: 'shop', image: 'x' };
      for (const right of [
        {},
        { replicas: 2 },
        { replicas: '${N}' },
        { port: '${PORT:-80}' },
        { stages: { prod: { init: '${ON}' } } },
      ]) {
        assert.ok(check({ ...shop, ...right }), JSON.stringify(right));
      }
      for (const wrong of [
        { enviroment: {} },
        { replicas: 'two' },
        { name: '${N}' },
        { kind: 'job' },
        { port: 0 },
      ]) {
        assert.ok(!check({ ...shop, ...wrong }), JSON.stringify(wrong));
      }
    });
  }
});

describe('examples/', () => {
  it('are read without a problem, as every kind that there is', () => {
    const { units, problems } = catalogOf(examples, { variables });
    assert.deepEqual(problems, []);
    assert.deepEqual(
      units.map(({ unit }) => unit),
      ['database', 'docs', 'guestbook', 'nas', 'shop/prod', 'shop/staging'],
    );
    assert.deepEqual(
      [...new Set(units.map(({ kind }) => kind))].sort(),
      readers.map(({ kind }) => kind).sort(),
    );
    assert.deepEqual(catalogOf(examples, { variables, type: 'git' }).problems, []);
  });

  it('say what they need where a variable is missing', () => {
    const { problems } = catalogOf(examples);
    assert.deepEqual([...new Set(problems.map(({ reason }) => reason))], ['RequiredVariable']);
  });

  it('begin with the line that editors look for, and it leads to the schema', () => {
    for (const [path, text] of Object.entries(examples)) {
      if (path.endsWith('compose.yaml')) continue;
      const found = /^# yaml-language-server: \$schema=(\S+)\n/.exec(text)?.[1] ?? '';
      assert.equal(join('examples/forge.d', path, '..', found), 'schemas/manifest.schema.json', path);
    }
  });

  it('have a configuration that can be started with', () => {
    const text = readFileSync(join(root, 'examples/tinyforge.yaml'), 'utf8');
    const { config, problems } = readConfig({
      text,
      file: join(root, 'examples/tinyforge.yaml'),
      cwd: root,
      environment: {},
      overrides: {},
      senders: [],
      providers: [],
    });
    assert.deepEqual(problems, []);
    assert.deepEqual(
      config?.sources.map((source) => source.type === 'directory' && source.directory),
      [join(root, 'examples/forge.d')],
    );
    assert.deepEqual(catalogOf(examples, { variables: config?.sources[0]?.variables ?? {} }).problems, []);
  });
});
