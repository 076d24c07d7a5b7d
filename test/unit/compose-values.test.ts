// Values in Compose's words: what they mean, and what is refused. (What they mean is held against the real one elsewhere.)
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { byteCount, durationMs, type Parsed } from '../../src/core/compose-values.ts';
import { mountOf } from '../../src/core/compose-values-mounts.ts';
import { folderOf, sourcePath } from '../../src/core/compose-values-paths.ts';
import { portBindings } from '../../src/core/compose-values-ports.ts';
import { shellWords } from '../../src/core/compose-values-words.ts';
import { parseEnvFile } from '../../src/core/env-file.ts';

const value = <T>(parsed: Parsed<T>): T | string => (parsed.ok ? parsed.value : parsed.wrong.reason);

describe('durations', () => {
  const cases: [string, number | string][] = [
    ['20s', 20_000],
    ['1m30s', 90_000],
    ['500ms', 500],
    ['1.5h', 5_400_000],
    ['2d', 172_800_000],
    ['1us', 0],
    ['0s', 0],
    ['20', 'BadFormat'],
    ['s', 'BadFormat'],
    ['1 s', 'BadFormat'],
    ['-1s', 'BadFormat'],
    ['1y', 'BadFormat'],
    ['9999999h', 'OutOfRange'],
  ];
  for (const [text, expected] of cases) it(text, () => assert.equal(value(durationMs(text)), expected));
});

describe('sizes', () => {
  const cases: [string | number, number | string][] = [
    ['512m', 536_870_912],
    ['1g', 1_073_741_824],
    ['1.5k', 1536],
    ['64KiB', 65_536],
    ['10 mb', 10_485_760],
    ['7b', 7],
    ['7', 7],
    [7, 7],
    ['x', 'BadFormat'],
    ['1e3', 'BadFormat'],
    ['', 'BadFormat'],
    ['99999999t', 'OutOfRange'],
  ];
  for (const [text, expected] of cases) it(`${text}`, () => assert.equal(value(byteCount(text)), expected));
});

describe('ports', () => {
  const port = (target: number, published: number | null, hostIp = '', protocol = 'tcp') => ({
    target,
    published,
    hostIp,
    protocol,
  });
  const cases: [Parameters<typeof portBindings>[0], unknown][] = [
    [8080, [port(8080, null)]],
    ['8080:80', [port(80, 8080)]],
    ['127.0.0.1:8080:80/udp', [port(80, 8080, '127.0.0.1', 'udp')]],
    ['[::1]:8080:80', [port(80, 8080, '::1')]],
    ['1-2:3-4', [port(3, 1), port(4, 2)]],
    [{ target: 80, published: '8080', protocol: 'udp' }, [port(80, 8080, '', 'udp')]],
    [{ target: 80, published: 8080, host_ip: '127.0.0.1' }, [port(80, 8080, '127.0.0.1')]],
    ['0', 'OutOfRange'],
    ['70000', 'OutOfRange'],
    ['1-200', 'OutOfRange'],
    ['5-1', 'OutOfRange'],
    ['1-2:3', 'BadFormat'],
    ['web:80', 'BadFormat'],
    ['80/sctp', 'NotAllowed'],
    ['', 'BadFormat'],
    ['1:2:3:4', 'BadFormat'],
  ];
  for (const [written, expected] of cases) {
    it(JSON.stringify(written), () => assert.deepEqual(value(portBindings(written)), expected));
  }
});

describe('mounts', () => {
  const base = { sourceType: 'directory', root: '/srv/forge', folder: 'apps/shop' } as const;
  const mount = (type: string, source: string, target: string, readOnly = false) => ({
    type,
    source,
    target,
    readOnly,
  });
  const cases: [Parameters<typeof mountOf>[0], unknown][] = [
    ['data:/data', mount('volume', 'data', '/data')],
    ['data:/data:ro', mount('volume', 'data', '/data', true)],
    ['/cache', mount('volume', '', '/cache')],
    ['/srv/x:/x', mount('bind', '/srv/x', '/x')],
    ['./conf:/etc/app:ro', mount('bind', '/srv/forge/apps/shop/conf', '/etc/app', true)],
    ['../x:/x', mount('bind', '/srv/forge/apps/x', '/x')],
    ['../..:/x', mount('bind', '/srv/forge', '/x')],
    [{ type: 'tmpfs', target: '/run' }, mount('tmpfs', '', '/run')],
    [
      { type: 'bind', source: './a', target: '/a', read_only: true },
      mount('bind', '/srv/forge/apps/shop/a', '/a', true),
    ],
    ['../../../x:/x', 'OutsideSource'],
    ['/srv/../etc:/x', 'BadPath'],
    ['~/x:/x', 'BadPath'],
    ['data:relative', 'BadPath'],
    ['data:/a/../b', 'BadPath'],
    ['data:/data:shared', 'NotAllowed'],
    ['d:/data', 'BadFormat'],
    ['a:b:c:d', 'BadFormat'],
    ['conf/x:/x', 'BadFormat'],
    [{ type: 'volume', source: '/srv', target: '/x' }, 'BadFormat'],
    [{ type: 'bind', source: 'data', target: '/x' }, 'BadFormat'],
  ];
  for (const [written, expected] of cases) {
    it(JSON.stringify(written), () => assert.deepEqual(value(mountOf(written, base)), expected));
  }

  it('from git have no folder beside the manifest', () => {
    assert.equal(value(mountOf('./data:/data', { ...base, sourceType: 'git' })), 'RelativeBind');
    assert.deepEqual(
      value(mountOf('/srv:/srv', { ...base, sourceType: 'git' })),
      mount('bind', '/srv', '/srv'),
    );
  });
});

describe('paths', () => {
  const cases: [written: string, folder: string, expected: string][] = [
    ['./a', '', 'a'],
    ['a/./b', 'x', 'x/a/b'],
    ['../a', 'x/y', 'x/a'],
    ['.', 'x', 'x'],
    ['..', 'x', ''],
    ['a//b', '', 'a/b'],
    ['../a', '', 'OutsideSource'],
    ['a/../../b', '', 'OutsideSource'],
    ['/a', '', 'BadPath'],
    ['~/a', '', 'BadPath'],
    ['https://x/y', '', 'BadPath'],
  ];
  for (const [written, folder, expected] of cases) {
    it(`${written} in ${folder || 'the root'}`, () =>
      assert.equal(value(sourcePath(written, folder)), expected));
  }
  it('of folders', () => assert.deepEqual(['a', 'a/b', 'a/b/c'].map(folderOf), ['', 'a', 'a/b']));
});

describe('words of a command', () => {
  it('that is not closed or ends in the air', () => {
    assert.equal(value(shellWords('a "b')), 'BadFormat');
    assert.equal(value(shellWords('a \\')), 'BadFormat');
    assert.deepEqual(value(shellWords('')), []);
  });
});

describe('env files', () => {
  it('see variables before their own lines, and names alone take them', () => {
    const { values, problems } = parseEnvFile('A=own\nB=${A}\nC=${GIVEN}\nGIVEN\nGONE\n', {
      A: 'given',
      GIVEN: 'x',
    });
    assert.deepEqual(values, { A: 'own', B: 'given', C: 'x', GIVEN: 'x' });
    assert.deepEqual(problems, []);
  });

  it('tell what is wrong by its line, and go on', () => {
    const { values, problems } = parseEnvFile('A=1\nnot an entry\nB=$\nC=${NOT_SET}x\nD="open\n');
    assert.deepEqual(values, { A: '1', C: 'x' });
    assert.deepEqual(
      problems.map(({ severity, line }) => [severity, line]),
      [
        ['error', 2],
        ['error', 3],
        ['warning', 4],
        ['error', 5],
      ],
    );
    assert.doesNotMatch(JSON.stringify(problems), /open/);
  });

  it('know escapes inside double quotes, and there alone', () => {
    const { values } = parseEnvFile(
      String.raw`A="one\ntwo \"three\" \$A"
B='one\ntwo'
C=one\ntwo
`,
    );
    assert.deepEqual(values, { A: 'one\ntwo "three" $A', B: 'one\\ntwo', C: 'one\\ntwo' });
  });

  it('may have names that objects have', () => {
    const { values } = parseEnvFile('__proto__=1\nconstructor=2\n');
    assert.deepEqual(Object.entries(values), [
      ['__proto__', '1'],
      ['constructor', '2'],
    ]);
  });
});
