// Probes that ask a fake engine's containers instead of the network.
import type { ProbeResult, Prober } from '../../src/ports/prober.ts';
import { type FakeContainer, type FakeState, findImage } from './fake-runtime-state.ts';

/** A container answers as its image's `health` says, or as it was set since: 200, 503, or nothing while it starts. */
export function createFakeProber(state: FakeState): Prober {
  function at(host: string, port: number): FakeContainer | null {
    const running = [...state.containers.values()].filter((container) => container.state === 'running');
    const onHost = host === '127.0.0.1';
    return (
      running.find((container) =>
        onHost
          ? container.ports.some(({ live }) => live === port)
          : [...container.endpoints.values()].some(({ ip }) => ip === host),
      ) ?? null
    );
  }

  function healthOf(container: FakeContainer): string {
    if (container.health !== 'none') return container.health;
    return findImage(state, container.image)?.health ?? 'healthy';
  }

  const refused = (what: string): ProbeResult => ({
    ok: false,
    detail: `${what}: connection refused`,
    body: null,
  });

  return {
    async http({ host, port, path }) {
      const container = at(host, port);
      const health = container === null ? 'starting' : healthOf(container);
      if (health === 'starting') return refused(`GET ${path}`);
      if (health === 'healthy') return { ok: true, detail: `GET ${path} answered 200`, body: 'ok\n' };
      const body = container?.healthOutput ?? 'the database is locked\n';
      return { ok: false, detail: `GET ${path} answered 503`, body };
    },
    async tcp({ host, port }) {
      const what = `TCP connection to port ${port}`;
      const container = at(host, port);
      if (container === null || healthOf(container) === 'starting') return refused(what);
      return { ok: true, detail: `${what} was accepted`, body: null };
    },
  };
}
