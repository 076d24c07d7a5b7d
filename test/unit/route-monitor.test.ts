// The other end of a stand-alone proxy goes down and comes back: what is told, what is kept, and what the plan sees.
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { describe, it } from 'node:test';
import { createProber } from '../../src/adapters/prober/prober.ts';
import { targetVerdict } from '../../src/core/route/facts.ts';
import { createMemory } from '../../src/engine/memory.ts';
import { createRouteMonitor } from '../../src/engine/route-monitor.ts';
import type { DesiredProxy } from '../../src/model/desired.ts';
import type { ProbeResult, Prober } from '../../src/ports/prober.ts';
import type { Store } from '../../src/ports/store.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createFakeStore } from '../support/fake-store.ts';
import { createMemoryLog } from '../support/memory-log.ts';
import { proxyUnit } from '../support/proxy-worlds.ts';

const GOOD: ProbeResult = { ok: true, detail: 'GET / answered 200', body: null };
const REFUSED: ProbeResult = { ok: false, detail: 'GET /: connection refused', body: null };

function rig(store: Store = createFakeStore()) {
  const clock = createFakeClock();
  const asked: Parameters<Prober['http']>[0][] = [];
  const changes: string[] = [];
  let answer = GOOD;
  const prober: Prober = {
    http: async (target) => {
      asked.push(target);
      return answer;
    },
    tcp: async (target) => {
      asked.push({ ...target, path: 'tcp' });
      return answer;
    },
  };
  const memory = createMemory();
  const log = createMemoryLog();
  const monitor = createRouteMonitor({ prober, clock, store, log }, memory, (unit) => changes.push(unit));
  return {
    clock,
    store,
    asked,
    changes,
    memory,
    monitor,
    verdict: () => memory.probes.get(targetVerdict('nas')),
    events: () =>
      store.events({ limit: 10 }).map(({ reason, severity, message }) => ({ reason, severity, message })),
    answers(next: ProbeResult) {
      answer = next;
    },
    /** To just after the next look. */
    async nextLook() {
      await clock.advance((clock.nextWakeMs() ?? assert.fail('nobody looks')) - clock.nowMs());
    },
  };
}

const unit = (change: Partial<DesiredProxy> = {}) => proxyUnit(change);

describe('the monitor of a stand-alone proxy', () => {
  it('asks the other end at its interval, in its way', async () => {
    const { monitor, asked, nextLook, clock, verdict } = rig();
    monitor.watch([unit()]);
    await nextLook();
    assert.deepEqual(asked, [
      { host: '192.0.2.10', port: 5000, path: '/', timeoutMs: 5_000, scheme: 'http' },
    ]);
    assert.equal(verdict()?.ok, true);
    await clock.advance(29_999);
    assert.equal(asked.length, 1);
    await clock.advance(1);
    assert.equal(asked.length, 2);
    monitor.stop();
    assert.equal(clock.sleeping(), 0);
  });

  it('says down after as many bad answers as the manifest says, and up after one good', async () => {
    const { monitor, nextLook, events, answers, changes, verdict } = rig();
    monitor.watch([unit()]);
    await nextLook();
    answers(REFUSED);
    await nextLook();
    await nextLook();
    assert.deepEqual([events(), changes, verdict()?.ok], [[], [], true]);
    await nextLook();
    const down = {
      reason: 'ProxyTargetDown',
      severity: 'warn',
      message: '192.0.2.10:5000, where nas leads, is down: GET /: connection refused, 3 times in a row',
    };
    assert.deepEqual(events(), [down]);
    assert.deepEqual([verdict()?.ok, verdict()?.detail], [false, 'GET /: connection refused']);
    await nextLook();
    assert.equal(events().length, 1);
    answers(GOOD);
    await nextLook();
    assert.deepEqual(events()[0], {
      reason: 'ProxyTargetUp',
      severity: 'info',
      message: '192.0.2.10:5000, where nas leads, is back: GET / answered 200',
    });
    assert.deepEqual([changes, verdict()?.ok], [['nas', 'nas'], true]);
  });

  it('writes down what is new, and of a calm day a look each ten minutes', async () => {
    const { monitor, clock, store, nextLook, answers } = rig();
    monitor.watch([unit()]);
    await nextLook();
    await clock.advance(3_600_000);
    const calm = store.monitorResults('nas', { limit: 100 });
    assert.equal(calm.length, 7);
    answers(REFUSED);
    await clock.advance(120_000);
    const rows = store.monitorResults('nas', { limit: 100 }).slice(0, 2);
    assert.deepEqual(
      rows.map(({ ok, state, detail }) => [ok, state, detail]),
      [
        [false, 'down', REFUSED.detail],
        [false, 'up', REFUSED.detail],
      ],
    );
  });

  it('knows after a restart what was down, and tells it once', async () => {
    const first = rig();
    first.answers(REFUSED);
    first.monitor.watch([unit()]);
    for (let looks = 0; looks < 3; looks++) await first.nextLook();
    first.monitor.stop();
    const { monitor, nextLook, events, answers, verdict } = rig(first.store);
    monitor.watch([unit()]);
    assert.equal(verdict()?.ok, false);
    answers(REFUSED);
    await nextLook();
    assert.equal(events().length, 1);
    answers(GOOD);
    await nextLook();
    assert.deepEqual(
      events().map(({ reason }) => reason),
      ['ProxyTargetUp', 'ProxyTargetDown'],
    );
  });

  it('goes on through passes that change nothing, and begins anew where the manifest does', async () => {
    const { monitor, clock, asked, nextLook } = rig();
    monitor.watch([unit()]);
    await nextLook();
    const wakesMs = clock.nextWakeMs();
    monitor.watch([unit()]);
    assert.deepEqual([clock.sleeping(), clock.nextWakeMs()], [1, wakesMs]);
    monitor.watch([unit({ forward: { scheme: 'https', host: 'nas.lan', port: 443 } })]);
    assert.equal(clock.sleeping(), 1);
    await nextLook();
    assert.deepEqual([asked.at(-1)?.host, asked.at(-1)?.scheme], ['nas.lan', 'https']);
  });

  it('ends where the proxy is stopped, gone or not watched, and forgets what it saw', async () => {
    const { monitor, clock, nextLook, verdict } = rig();
    for (const units of [[unit({ state: 'stopped' })], [], [unit({ monitor: null })]]) {
      monitor.watch([unit()]);
      await nextLook();
      assert.equal(verdict()?.ok, true);
      monitor.watch(units);
      assert.deepEqual([clock.sleeping(), verdict()], [0, undefined]);
    }
  });

  it('keeps its verdict when containers go', async () => {
    const { monitor, memory, nextLook, verdict } = rig();
    monitor.watch([unit()]);
    await nextLook();
    memory.keepOnly(new Set());
    assert.equal(verdict()?.ok, true);
  });

  it('asks a stream by TCP', async () => {
    const { monitor, asked, nextLook } = rig();
    const target = {
      type: 'stream',
      incomingPort: 1,
      host: 'db',
      port: 5432,
      tcp: true,
      udp: false,
    } as const;
    const tcp = { type: 'tcp', path: '/', intervalMs: 30_000, timeoutMs: 5_000, retries: 1 } as const;
    monitor.watch([unit({ target, forward: null, monitor: tcp })]);
    await nextLook();
    assert.deepEqual(asked, [{ host: 'db', port: 5432, timeoutMs: 5_000, path: 'tcp' }]);
  });
});

describe('a look at the other end', () => {
  const prober = createProber();
  it('tells a name that nobody has from a port that nobody listens at', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    await new Promise((resolve) => server.close(resolve));
    const refused = await prober.tcp({ host: '127.0.0.1', port, timeoutMs: 5_000 });
    assert.match(refused.detail, /connection refused/);
    const nameless = await prober.tcp({ host: 'nobody.invalid', port: 80, timeoutMs: 5_000 });
    assert.match(nameless.detail, /no address for that name|the name could not be looked up/);
  });

  it('asks by TLS where the route does, and says so where none is spoken', async () => {
    const server = createServer((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n')).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const look = { host: '127.0.0.1', port, path: '/', timeoutMs: 5_000, scheme: 'https' } as const;
    const { ok, detail } = await prober.http(look);
    assert.deepEqual([ok, detail], [false, 'GET /: the answer is not TLS']);
    server.close();
  });
});
