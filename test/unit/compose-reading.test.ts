// Our own reading of Compose files: what is refused, where, and in which words.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { composeText } from '../../src/core/compose-emit.ts';
import { judgePath, relativePath } from '../../src/core/compose-path.ts';
import { judgeReference, readComposeFile } from '../../src/core/compose-reading.ts';
import { variablesOf } from '../../src/core/compose-variables.ts';

/** All that is said of a text, as `line:column path reason`. */
function said(text: string, base = 'app'): string[] {
  const file = readComposeFile('app/compose.yaml', text);
  const judged = file.references.flatMap(({ includes, extended, others }) =>
    [
      ...includes.flatMap((include) => [
        ...include.files,
        ...include.envFiles,
        ...(include.projectDirectory === null ? [] : [include.projectDirectory]),
      ]),
      ...extended,
      ...others,
    ].flatMap((reference) => judgeReference(file, reference, base).problem ?? []),
  );
  return [...file.problems, ...judged].map(
    ({ line, column, path, reason }) => `${line}:${column} ${path ?? '-'} ${reason}`,
  );
}

/** Paths from the root that a text names. */
function named(text: string): string[] {
  const file = readComposeFile('app/compose.yaml', text);
  return file.references.flatMap(({ includes, extended, others }) =>
    [
      ...includes.flatMap((include) => [...include.files, ...include.envFiles]),
      ...extended,
      ...others,
    ].flatMap((reference) => judgeReference(file, reference, 'app').path ?? []),
  );
}

describe('paths in a Compose file', () => {
  const places: [string, (path: string) => string][] = [
    ['include', (path) => `include: [${path}]`],
    ['include.path', (path) => `include: [{ path: ${path} }]`],
    ['include.path list', (path) => `include: [{ path: [ok.yaml, ${path}] }]`],
    ['include.env_file', (path) => `include: [{ path: ok.yaml, env_file: ${path} }]`],
    ['include.project_directory', (path) => `include: [{ path: ok.yaml, project_directory: ${path} }]`],
    ['extends', (path) => `services: { a: { extends: { file: ${path}, service: b } } }`],
    ['env_file', (path) => `services: { a: { env_file: ${path} } }`],
    ['env_file list', (path) => `services: { a: { env_file: [ok.env, ${path}] } }`],
    ['env_file map', (path) => `services: { a: { env_file: [{ path: ${path}, required: false }] } }`],
    ['label_file', (path) => `services: { a: { label_file: ${path} } }`],
    ['credential_spec', (path) => `services: { a: { credential_spec: { file: ${path} } } }`],
    ['develop.watch', (path) => `services: { a: { develop: { watch: [{ path: ${path}, action: sync }] } } }`],
    ['configs', (path) => `configs: { c: { file: ${path} } }`],
    ['secrets', (path) => `secrets: { c: { file: ${path} } }`],
    ['a second document', (path) => `services: {}\n---\nconfigs: { c: { file: ${path} } }`],
    ['an anchor', (path) => `x-a: &a { file: ${path} }\nconfigs: { c: *a }`],
    ['a merge', (path) => `x-a: &a { file: ${path} }\nconfigs: { c: { <<: *a } }`],
    ['an override', (path) => `services: { a: { env_file: !override [${path}] } }`],
  ];
  const paths: [string, string][] = [
    ['"git@example.com:x.git"', 'RemoteReference'],
    ['"https://example.com/x.yaml"', 'RemoteReference'],
    ['"oci://127.0.0.1:5000/x"', 'RemoteReference'],
    ['"oci:x"', 'RemoteReference'],
    ['"github.com/a/b"', 'RemoteReference'],
    ['"x.git"', 'RemoteReference'],
    ['"x#main"', 'RemoteReference'],
    ['"/etc/shadow"', 'PathOutsideTree'],
    ['"~/x"', 'PathOutsideTree'],
    ['"../../x"', 'PathOutsideTree'],
    ['"a/../../../x"', 'PathOutsideTree'],
    ['"${X}/y"', 'PathWithVariable'],
    ['"$X"', 'PathWithVariable'],
    ['"C:\\\\x"', 'RemoteReference'],
    ['""', 'PathEmpty'],
    ['" x"', 'PathOdd'],
    ['"x\\ny"', 'PathOdd'],
    ['"x\\u202ey"', 'PathOdd'],
  ];
  for (const [where, write] of places) {
    it(`are refused in ${where} unless they are plain, relative and inside`, () => {
      for (const [path, reason] of paths) {
        assert.match(said(write(path)).join(), new RegExp(`${reason}$`), `${path} in ${where}`);
      }
      assert.deepEqual(said(write('conf/a.yaml')), []);
      assert.deepEqual(said(write('../shared/a.yaml')), []);
    });
  }

  it('are told with their place, their path, why, and what to do', () => {
    const file = readComposeFile(
      'app/compose.yaml',
      'services:\n  a:\n    image: x\ninclude:\n  - git@example.com:x.git\n',
    );
    const [reference] = file.references.flatMap(({ includes }) => includes.flatMap(({ files }) => files));
    assert.ok(reference);
    const { problem } = judgeReference(file, reference, 'app');
    assert.deepEqual(problem, {
      severity: 'error',
      reason: 'RemoteReference',
      message:
        'include[0] "git@example.com:x.git": Compose would fetch and merge this before anyone has checked it.',
      effect: null,
      hint: 'Commit the file to this source instead, and name it by a relative path.',
      next: null,
      workload: null,
      source: null,
      file: 'app/compose.yaml',
      line: 5,
      column: 5,
      path: 'include[0]',
    });
  });

  it('are found with the folder they are relative to', () => {
    assert.deepEqual(
      named(
        'include: [sub/a.yaml, { path: [b.yaml], env_file: [x.env] }]\nservices: { a: { env_file: ../e.env, extends: { file: ./c/d.yaml, service: s } } }',
      ),
      ['app/sub/a.yaml', 'app/b.yaml', 'app/x.env', 'app/c/d.yaml', 'e.env'],
    );
  });

  it('count in security_opt only where they are files', () => {
    assert.deepEqual(
      said('services: { a: { security_opt: ["seccomp=unconfined", "no-new-privileges:true"] } }'),
      [],
    );
    assert.match(
      said('services: { a: { security_opt: ["seccomp=/etc/x.json"] } }').join(),
      /PathOutsideTree/,
    );
    assert.deepEqual(named('services: { a: { security_opt: ["seccomp:sec.json"] } }'), ['app/sec.json']);
  });

  it('are refused where something else than a text stands in their place', () => {
    assert.match(said('include: [{ url: x }]').join(), /include\[0\] WrongType/);
    assert.match(said('services: { a: { env_file: [[x]] } }').join(), /WrongType/);
    assert.match(said('configs: { c: { file: { a: b } } }').join(), /WrongType/);
    assert.match(said('services: { a: { extends: [x] } }').join(), /WrongType/);
  });

  it('normalise by text, and go back with a dot in front', () => {
    assert.deepEqual(judgePath('./a/./b/../c', 'x'), { ok: true, path: 'x/a/c' });
    assert.equal(relativePath('a/b', 'a/c/d'), '../c/d');
    assert.equal(relativePath('', 'a'), './a');
    assert.equal(relativePath('a', 'a'), '.');
  });
});

describe('what an image is built from', () => {
  it('is judged by its form where it is written out, a Dockerfile from its context on', () => {
    const one = (build: string) => said(`services:\n  a:\n    build: ${build}\n`);
    for (const fine of [
      '.',
      './web',
      '{ context: web, dockerfile: ../Dockerfile }',
      '"${HERE}"',
      '!reset null',
    ])
      assert.deepEqual(one(fine), [], fine);
    assert.deepEqual(
      one('{ dockerfile: ../of/a/context/elsewhere }'),
      [],
      'with the context of another file',
    );
    const refused: [string, string][] = [
      ['https://example.com/x.git', '3:12 services.a.build RemoteReference'],
      ['git@example.com:x', '3:12 services.a.build RemoteReference'],
      ['github.com/a/b', '3:12 services.a.build RemoteReference'],
      ['/srv/app', '3:12 services.a.build PathOutsideTree'],
      ['~/app', '3:12 services.a.build PathOutsideTree'],
      ['../../..', '3:12 services.a.build PathOutsideTree'],
      ['{ context: ../../.. }', '3:23 services.a.build.context PathOutsideTree'],
      ['{ context: ., dockerfile: ../../../x }', '3:38 services.a.build.dockerfile PathOutsideTree'],
    ];
    for (const [build, problem] of refused) assert.deepEqual(one(build), [problem], build);
  });
});

describe('the text itself', () => {
  const texts: [string, string, string][] = [
    ['a bomb', bomb(), 'AliasBomb'],
    ['an alias in itself', 'a: &a [*a]', 'AliasInItself'],
    ['deep nesting', `x-a: ${'['.repeat(100)}${']'.repeat(100)}`, 'TooDeep'],
    ['a million brackets', '['.repeat(1_000_000), 'TooDeep'],
    ['more than a megabyte', `x: "${'a'.repeat(1_100_000)}"`, 'FileTooLarge'],
    ['a tag that runs code elsewhere', 'x: !!python/object/apply:os.system [id]', 'UnknownTag'],
    ['an unknown tag', 'x: !include /etc/passwd', 'UnknownTag'],
    ['two equal keys', 'services: {}\nservices: {}', 'DuplicateKey'],
    ['two equal keys in a service', 'services: { a: { image: x, image: y } }', 'DuplicateKey'],
    ['__proto__', '__proto__: { a: 1 }', 'KeyIsNoText'],
    ['a map as a key', '? { a: b }\n: c', 'KeyIsNoText'],
    ['a NUL', 'a: "\0"', 'OddCharacter'],
    ['half a character', 'a: "\ud800"', 'OddCharacter'],
    ['an unknown alias', 'a: *b', 'UnknownAlias'],
    ['broken YAML', 'a: [b', 'YamlUnreadable'],
    ['a tab', 'a:\n\tb: c', 'YamlUnreadable'],
  ];
  for (const [what, text, reason] of texts) {
    it(`is refused for ${what}, in no time`, () => {
      const started = performance.now();
      assert.match(said(text).join('\n'), new RegExp(`${reason}`));
      assert.ok(performance.now() - started < 1000);
    });
  }

  it('is read with anchors, merges, several documents and both tags of Compose', () => {
    const text = `
x-base: &base { image: "busybox:1", labels: { a: "1" } }
services:
  a: { <<: *base, image: other, ports: !override ["80"] }
  b: { <<: [*base], command: !reset null }
---
services: { c: { image: z } }
`;
    const file = readComposeFile('c.yaml', text);
    assert.deepEqual(file.problems, []);
    assert.equal(
      composeText(file.documents, new Map()),
      '--- {"x-base": {"image": "busybox:1", "labels": {"a": "1"}}, "services": {' +
        '"a": {"image": other, "ports": !override ["80"], "labels": {"a": "1"}}, ' +
        '"b": {"command": !reset null, "image": "busybox:1", "labels": {"a": "1"}}}}\n' +
        '--- {"services": {"c": {"image": z}}}\n',
    );
  });

  it('keeps plain values letter by letter, so that Compose decides what they are', () => {
    const text =
      'a: [0440, yes, 1e3, ~, null, 0x1F, 1_000, .5, -1, a b, "0440", 2001-12-14, "${X}", a/b.c, on, "a\\u2028b", ]';
    const { documents } = readComposeFile('c.yaml', text);
    assert.equal(
      composeText(documents, new Map()),
      '--- {"a": [0440, yes, 1e3, ~, null, 0x1F, 1_000, .5, -1, "a b", "0440", 2001-12-14, "${X}", a/b.c, on, "a\\u2028b"]}\n',
    );
  });

  it('tells the variables that have no default', () => {
    const { documents } = readComposeFile(
      'c.yaml',
      'a: "${A} $B ${C:-x} ${D:?no} $$E ${A}"\nb: ["${F-}", "$${G}"]',
    );
    assert.deepEqual(
      variablesOf(documents).map(({ name }) => name),
      ['A', 'B'],
    );
  });
});

function bomb(): string {
  const lines = ['x-a: &a [1,2,3,4,5,6,7,8,9]'];
  for (const [from, to] of ['ab', 'bc', 'cd', 'de', 'ef', 'fg', 'gh']) {
    lines.push(`x-${to}: &${to} [${Array(9).fill(`*${from}`).join(',')}]`);
  }
  return lines.join('\n');
}
