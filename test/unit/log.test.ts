// The log: both formats, levels, child fields, redaction inside, and nothing that a terminal would obey.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createLog } from '../../src/adapters/log/create-log.ts';
import { createRedactor } from '../../src/core/redact.ts';
import { fault } from '../../src/model/errors.ts';
import type { Log } from '../../src/ports/log.ts';

const redact = createRedactor([{ name: 'hub', value: 'hunter2-hunter2' }]);

function open(format: 'plain' | 'json', level: 'debug' | 'info' = 'info'): { log: Log; lines: string[] } {
  const lines: string[] = [];
  const nowMs = () => Date.parse('2026-11-21T14:02:11.304Z');
  return { log: createLog({ write: (line) => lines.push(line), format, level, redact, nowMs }), lines };
}

function plain(write: (log: Log) => void): string {
  const { log, lines } = open('plain');
  write(log);
  assert.equal(lines.length, 1);
  return lines[0] ?? '';
}

const cases: [string, (log: Log) => void, string][] = [
  [
    'workload and phase in front, facts behind',
    (log) =>
      log
        .child({ pass: '8f2' })
        .info('pulling', { workload: 'shop/prod', phase: 'prepare', image: 'ghcr.io/acme/shop:2.1.4' }),
    'info  shop/prod prepare: pulling pass=8f2 image=ghcr.io/acme/shop:2.1.4',
  ],
  ['nothing but a text', (log) => log.warn('engine is away'), 'warn  engine is away'],
  ['a workload alone', (log) => log.error('no', { workload: 'immich' }), 'error immich: no'],
  [
    'quotes where a value is more than a word',
    (log) => log.info('x', { a: 'two words', b: '', c: 'k=v', d: 1, e: null, f: ['a b'], g: undefined }),
    'info  x a="two words" b="" c="k=v" d=1 e=null f=["a b"]',
  ],
  [
    'a fault by its words',
    (log) =>
      log.error('failed', {
        error: fault({
          code: 'ENGINE_AWAY',
          reason: 'EngineAway',
          message: 'The engine does not answer.',
          disposition: 'retry',
          cause: fault({ code: 'X', reason: 'Refused', message: 'refused', disposition: 'retry' }),
        }),
      }),
    'error failed error="The engine does not answer." error.code=ENGINE_AWAY error.reason=EngineAway error.cause=refused error.cause.code=X error.cause.reason=Refused',
  ],
  [
    'control characters and turned text inert',
    (log) => log.info('a\u001b[31mb\nc', { evil: '\u009b2J', turned: '\u202egnp.exe' }),
    'info  a\\u001b[31mb\\nc evil="\\u009b2J" turned="\\u202egnp.exe"',
  ],
  [
    'secrets replaced in message, fields and keys',
    (log) =>
      log
        .child({ a: 'hunter2-hunter2' })
        .info('got hunter2-hunter2', { 'hunter2-hunter2': ['hunter2-hunter2'] }),
    'info  got ${secret:hub} a=${secret:hub} ${secret:hub}=["${secret:hub}"]',
  ],
  ['percent signs as they are', (log) => log.info('50 %s done %d', { x: 1 }), 'info  50 %s done %d x=1'],
];

describe('log, plain lines', () => {
  for (const [name, write, expected] of cases) {
    it(name, () => assert.equal(plain(write), `2026-11-21T14:02:11.304Z ${expected}\n`));
  }

  it('tells where an unforeseen error came from, on the same line', () => {
    const line = plain((log) => log.error('bug', { error: new TypeError('x is undefined') }));
    assert.match(line, /error="x is undefined" error\.stack="TypeError: x is undefined\\n {4}at /);
    assert.equal(line.indexOf('\n'), line.length - 1);
  });
});

describe('log, JSON lines', () => {
  it('is one object with time, level, message and the facts', () => {
    const { log, lines } = open('json');
    log.child({ pass: '8f2' }).warn('not healthy yet', { workload: 'shop/prod', status: 503, level: 'mine' });
    assert.deepEqual(JSON.parse(lines[0] ?? ''), {
      level: 'warn',
      time: '2026-11-21T14:02:11.304Z',
      pass: '8f2',
      workload: 'shop/prod',
      status: 503,
      level_: 'mine',
      message: 'not healthy yet',
    });
  });

  it('writes a key once, as the record has it last', () => {
    const { log, lines } = open('json');
    log.child({ phase: 'prepare' }).info('x', { phase: 'switch' });
    assert.equal(lines[0]?.match(/phase/g)?.length, 1);
    assert.equal(JSON.parse(lines[0] ?? '').phase, 'switch');
  });

  it('redacts errors, their causes and aggregates', () => {
    const { log, lines } = open('json');
    const inner = new Error('inner hunter2-hunter2', { cause: 'cause hunter2-hunter2' });
    log.error('failed', { error: new AggregateError([inner], 'outer hunter2-hunter2', { cause: inner }) });
    assert.ok(!lines.join('').includes('hunter2'), lines.join(''));
    assert.equal(JSON.parse(lines[0] ?? '').error.errors[0].message, 'inner ${secret:hub}');
  });
});

describe('log levels', () => {
  it('writes debug only when asked to', () => {
    const quiet = open('plain');
    quiet.log.debug('x');
    assert.deepEqual(quiet.lines, []);
    const loud = open('plain', 'debug');
    loud.log.child({ a: 1 }).debug('x');
    assert.equal(loud.lines.length, 1);
  });
});
