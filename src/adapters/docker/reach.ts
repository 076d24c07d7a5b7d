// How probes reach containers of an engine: over their network where we stand on its machine, else by published ports.
import { createSocket } from 'node:dgram';
import { networkInterfaces } from 'node:os';

export interface Reach {
  reach: 'network' | 'published';
  /** Why, in one sentence for `doctor`. */
  why: string;
  /** What to do where they do not reach them at all; null where they do. */
  hint: string | null;
}

/**
 * Whoever has the address of the engine's default bridge stands on its machine, outside of containers, and has a route
 * to all its bridges. `gateway` as in EngineInfo. `inContainer`: we run in a container of this engine with a network of
 * its own, whose 127.0.0.1 is not the machine's.
 */
export async function findReach(
  options: { host: string; gateway: string | null; inContainer: boolean },
  ownsAddress: (address: string) => Promise<boolean> = isOurAddress,
): Promise<Reach> {
  const { host, gateway, inContainer } = options;
  if (inContainer) {
    return {
      reach: 'published',
      why: `probes cannot reach containers of ${host}: Tinyforge runs in a container with a network of its own`,
      hint: 'Run it on the network of the machine: `network_mode: host`, or `--network host`.',
    };
  }
  if (gateway === null) {
    return {
      reach: 'published',
      why: `engine ${host} has no default bridge, so probes use published ports`,
      hint: null,
    };
  }
  if (await ownsAddress(gateway)) {
    return {
      hint: null,
      reach: 'network',
      why: `probes reach containers of ${host} over their networks, since its bridge ${gateway} is on this machine`,
    };
  }
  return {
    hint: null,
    reach: 'published',
    why: `probes reach containers of ${host} by ports published on 127.0.0.1, since its bridge ${gateway} is not an address of this process`,
  };
}

/**
 * The list of interfaces leaves out those that are down, and a bridge without containers is: binding to the address
 * asks the kernel itself.
 */
async function isOurAddress(address: string): Promise<boolean> {
  const listed = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  if (listed.some((own) => own.address === address)) return true;
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  const { promise, resolve } = Promise.withResolvers<boolean>();
  socket.on('error', () => resolve(false));
  socket.bind({ address, port: 0, exclusive: true }, () => resolve(true));
  const bound = await promise;
  socket.close();
  return bound;
}
