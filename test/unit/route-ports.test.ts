// A port of the host's is told from another family's: the engine gives a container one for IPv4 and one for IPv6.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { namedTraffic } from '../../src/core/route/traffic.ts';
import { upstreamOf } from '../../src/engine/route-upstreams.ts';
import type { ContainerRuntime } from '../../src/ports/container-runtime.ts';
import { stranger } from '../support/worlds.ts';

const port = (published: number, hostIp: string) => ({ target: 8080, published, hostIp, protocol: 'tcp' });
/** The IPv6 port of the one is the IPv4 port of the other, as seen on 26.1. */
const containers = [
  { ...stranger('web-1'), ports: [port(32_770, '::'), port(32_771, '0.0.0.0')] },
  { ...stranger('web-2'), ports: [port(32_771, '::'), port(32_770, '0.0.0.0')] },
];

it('what the proxy leads to is who has that port by the same family', () => {
  const main = [{ scheme: 'http' as const, host: '127.0.0.1', port: 32_770 }];
  const named = namedTraffic({ main, canary: null }, { reach: 'published', containers });
  assert.deepEqual(
    named?.main.map(({ host }) => host),
    ['web-2'],
  );
});

it('the proxy is told the port of the family that it asks by', async () => {
  const runtime = {
    inspectContainer: async () => ({
      published: [
        { target: 8080, hostIp: '::', port: 32_770 },
        { target: 8080, hostIp: '0.0.0.0', port: 32_771 },
      ],
    }),
  } as unknown as Pick<ContainerRuntime, 'inspectContainer'>;
  const deps = { config: { proxy: { reach: 'published', address: '127.0.0.1' } } };
  const target = { scheme: 'http' as const, host: 'web-1', port: 8080 };
  const upstream = await upstreamOf(deps as unknown as Parameters<typeof upstreamOf>[0], runtime, target);
  assert.deepEqual(upstream, { scheme: 'http', host: '127.0.0.1', port: 32_771 });
});
