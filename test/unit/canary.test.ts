// The search for canaries itself: a planted leak is found in each place and form, and a clean place is clean.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { openControl } from '../../src/adapters/control-files/open-control.ts';
import { createLog } from '../../src/adapters/log/create-log.ts';
import { createSecrets } from '../../src/adapters/secrets/create-secrets.ts';
import { openStore } from '../../src/adapters/sqlite/open-store.ts';
import { createRedactor } from '../../src/core/redact.ts';
import { event } from '../contract/store-rows.ts';
import { type Canary, createCanary, searchProcesses, searchText, searchTree } from '../support/canary.ts';

const plain = createCanary('db');
const special = createCanary('hub', 'special');
const both = [plain, special];
const base64 = (text: string) => Buffer.from(text).toString('base64');

const forms: [string, (value: string) => string][] = [
  ['raw', (v) => v],
  ['JSON', (v) => JSON.stringify({ v })],
  ['JSON in JSON', (v) => JSON.stringify(JSON.stringify({ v }))],
  ['URL', encodeURIComponent],
  ['form', (v) => new URLSearchParams({ v }).toString()],
  ['HTML', (v) => v.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')],
  ['shell', (v) => `'${v.replaceAll("'", "'\\''")}'`],
  [
    'a diff',
    (v) =>
      v
        .split('\n')
        .map((line) => `-${line}`)
        .join('\n'),
  ],
  ['reversed', (v) => [...v].reverse().join('')],
  ['hex', (v) => Buffer.from(v).toString('hex')],
  ['upper-case hex', (v) => Buffer.from(v).toString('hex').toUpperCase()],
  ['upper case', (v) => v.toUpperCase()],
  ['base64', base64],
  ['base64 at offset 1', (v) => base64(`:${v}:`)],
  ['base64 at offset 2', (v) => base64(`u:${v}::`)],
  ['base64url', (v) => Buffer.from(v).toString('base64url')],
  ['cut at its beginning', (v) => v.slice(-14)],
  ['cut at its end', (v) => v.slice(0, v.indexOf('-', 8) + 13)],
];

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tinyforge-canary-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

describe('the search of texts', () => {
  for (const canary of both) {
    for (const [name, write] of forms) {
      it(`finds ${canary === plain ? 'a plain' : 'a special'} canary written as ${name}`, () => {
        const leaks = searchText(both, { place: 'here', content: `before ${write(canary.value)} after` });
        assert.deepEqual([...new Set(leaks.map((leak) => leak.canary))], [canary.name]);
        assert.equal(leaks[0]?.place, 'here');
      });
    }
  }

  it('finds nothing where only the name stands, or another canary', () => {
    const other = createCanary('db').value;
    const content = `\${secret:db} canary-db- canary-hub ${other} ${plain.value.slice(0, 18)}`;
    assert.deepEqual(searchText(both, { place: 'here', content }), []);
  });

  it('makes special canaries of what is escaped somewhere', () => {
    for (const character of ['"', '\n', '%', "'", '<', '\\']) assert.ok(special.value.includes(character));
    assert.notEqual(createCanary('db').value, plain.value);
  });
});

/** Each place that the product writes to, with a leak planted there. */
const places: [string, (path: string, canary: Canary) => void][] = [
  [
    'a file in a nested folder',
    (path, { value }) => {
      mkdirSync(join(path, 'a/b'), { recursive: true });
      writeFileSync(join(path, 'a/b/c.log'), `line\n${value}\n`);
    },
  ],
  [
    'the middle of a binary file',
    (path, { value }) =>
      writeFileSync(
        join(path, 'x.bin'),
        Buffer.concat([Buffer.alloc(5_000), Buffer.from(value), Buffer.alloc(5_000)]),
      ),
  ],
  ['the name of a file', (path, { value }) => writeFileSync(join(path, value.slice(0, 40)), '')],
  ['the target of a link', (path, { value }) => symlinkSync(`/nowhere/${value}`, join(path, 'link'))],
  ['a gzipped file', (path, { value }) => writeFileSync(join(path, 'log.gz'), gzipSync(value))],
  [
    'an object of git',
    (path, { value }) => {
      execFileSync('git', ['init', '-q', path]);
      execFileSync('git', ['-C', path, 'hash-object', '-w', '--stdin'], { input: value });
    },
  ],
  [
    'a row of the index',
    (path, { value }) => {
      const store = openStore({ file: join(path, 'index.sqlite'), readOnly: false });
      store.addEvent(event({ message: value }));
      store.close();
    },
  ],
  [
    'the write-ahead log of the index',
    (path, { value }) => {
      // A child that ends without closing leaves the row in -wal alone.
      const script = `import { openStore } from ${JSON.stringify(join(import.meta.dirname, '../../src/adapters/sqlite/open-store.ts'))};
      openStore({ file: process.argv[1], readOnly: false }).cacheSet('k', process.argv[2]);
      process.kill(process.pid, 'SIGKILL');`;
      assert.throws(() =>
        execFileSync(process.execPath, [
          '--input-type=module-typescript',
          '-e',
          script,
          join(path, 'index.sqlite'),
          value,
        ]),
      );
    },
  ],
  [
    'a control file',
    (path, { value }) =>
      openControl({ directory: join(path, 'control') }).suspend({
        unit: 'x',
        by: 'me',
        why: value,
        sinceMs: 1,
      }),
  ],
];

describe('the search of trees', () => {
  for (const [name, plant] of places) {
    it(`finds nothing, then a leak planted in ${name}`, () => {
      assert.deepEqual(searchTree(both, directory), []);
      plant(directory, plain);
      const leaks = searchTree(both, directory);
      assert.ok(leaks.length > 0, 'the planted leak was not found');
      assert.ok(leaks.every((leak) => leak.canary === 'db' && leak.place.startsWith(directory)));
    });
  }

  it('passes over pipes without waiting for a writer', () => {
    execFileSync('mkfifo', [join(directory, 'pipe')]);
    assert.deepEqual(searchTree(both, directory), []);
  });
});

describe('the search of processes', () => {
  const plants: [string, string[], Record<string, string>][] = [
    ['cmdline', ['-e', 'process.stdout.write("up"); setInterval(() => 0, 1000)', plain.value], {}],
    [
      'environ',
      ['-e', 'process.stdout.write("up"); setInterval(() => 0, 1000)'],
      { DB_PASSWORD: plain.value },
    ],
  ];
  for (const [place, args, env] of plants) {
    it(`finds a leak in ${place}`, async () => {
      const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
      const exited = once(child, 'exit');
      try {
        await once(child.stdout, 'data');
        const expected = { place: `${child.pid} ${place}`, canary: 'db', form: 'plain' };
        assert.deepEqual(searchProcesses(both, [child.pid ?? 0]), [expected]);
        assert.ok(searchProcesses([plain]).some((leak) => leak.place === expected.place));
      } finally {
        child.kill('SIGKILL');
        await exited;
      }
    });
  }
});

describe('nothing of a secret is left', () => {
  for (const canary of both) {
    for (const [name, write] of forms.filter(([form]) => !['reversed', 'upper case'].includes(form))) {
      it(`by redaction of ${canary === plain ? 'a plain' : 'a special'} one written as ${name}`, () => {
        const redact = createRedactor([canary]);
        assert.deepEqual(
          searchText([canary], { place: 'redacted', content: redact(write(canary.value)) }),
          [],
        );
      });
    }
  }

  it('in lines of the log', () => {
    writeFileSync(join(directory, 'hub'), special.value);
    const secrets = createSecrets({ directory, environment: { TINYFORGE_SECRET_DB: plain.value } });
    const lines: string[] = [];
    for (const format of ['plain', 'json'] as const) {
      const log = createLog({
        write: (line) => lines.push(line),
        format,
        level: 'debug',
        redact: secrets.redact,
        nowMs: () => 0,
      });
      const error = new Error(`cannot log in as bot:${special.value}`, {
        cause: new AggregateError([plain.value, new Error(base64(`bot:${plain.value}`))]),
      });
      log
        .child({ url: `https://bot:${encodeURIComponent(special.value)}@host/` })
        .error(`failed with ${plain.value}`, { error, body: { [special.value]: [plain.value] } });
    }
    assert.equal(lines.length, 2);
    assert.deepEqual(searchText(both, { place: 'log', content: lines.join('') }), []);
  });
});
