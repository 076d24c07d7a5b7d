// The proxy in memory as a rig for the contract: requests go to its routes as a client's would, and on to real upstreams.

import type { Upstream } from '../../../src/model/route.ts';
import { createFakeProxy, type FakeProxy } from '../fake-proxy.ts';
import { getByName } from './get.ts';
import type { ProxyRig, RigAnswer } from './rig.ts';

export function createFakeRig(): ProxyRig {
  const proxy = createFakeProxy({ controller: 'test' });
  const send = ({ host, port }: Upstream, domain: string, path: string): Promise<RigAnswer> =>
    getByName(`http://${host}:${port}`, { domain, path });
  proxy.answer((upstream, { path }) => send(upstream, 'shop.example.test', path));
  let asked = 0;
  return {
    open: ({ controller = 'test' } = {}) => proxy.as(controller),
    get: (domain, { path = '/', cookie } = {}) => serve(proxy, { domain, path, cookie, turn: asked++, send }),
    writes: () => proxy.writes(),
    hand: {
      addRoute: (domain, to) => Promise.resolve(proxy.addStranger(domain, { to }).id),
      sendTo: async (id, to) => proxy.sendByHand(id, { main: [to], canary: null }),
      changeOption: async (id) => proxy.editByHand(id, { field: 'caching', is: 'on', shall: 'off' }),
      disable: async (id) => proxy.disableByHand(id),
      remove: async (id) => proxy.removeByHand(id),
    },
    configRefusedByProxy: null,
    adoption: 'keeps',
    [Symbol.asyncDispose]: async () => proxy.close(),
  };
}

/** Turns, where a real proxy uses chance: replicas one after the other, and a canary by its share of a hundred. */
async function serve(
  proxy: FakeProxy,
  request: {
    domain: string;
    path: string;
    cookie: string | undefined;
    turn: number;
    send: (upstream: Upstream, domain: string, path: string) => Promise<RigAnswer>;
  },
): Promise<RigAnswer> {
  const { domain, path, cookie, turn, send } = request;
  const plain = { status: 404, body: 'no such host', headers: {}, cookie: null };
  const route = [...proxy.state.routes.values()].find(({ domains }) => domains.includes(domain));
  if (route === undefined || !route.enabled) return plain;
  const target = route.wish?.target;
  if (target?.type === 'not_found') return plain;
  if (target?.type === 'redirect') {
    const location = `${target.scheme}://${target.domain}${target.preservePath ? path : '/'}`;
    return { ...plain, status: target.code, headers: { location } };
  }
  const location =
    target?.type === 'forward' && target.options.locations.find((one) => path.startsWith(one.path));
  if (location) return send(location.upstream, domain, path);
  const main = route.traffic?.main ?? [];
  const canary = route.traffic?.canary ?? null;
  const ticket = cookie === undefined ? (turn * 37) % 100 : Number(cookie.split('=')[1]);
  const chosen = canary !== null && ticket < canary.share * 100 ? canary.upstreams : main;
  const upstream = chosen[turn % chosen.length];
  if (upstream === undefined) return { ...plain, status: 502 };
  const answer = await send(upstream, domain, path);
  return { ...answer, cookie: canary === null ? null : `ticket=${ticket}` };
}
