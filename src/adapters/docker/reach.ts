// How probes reach containers of an engine: over their network where we stand on its machine, else by published ports.
import { createSocket } from 'node:dgram';
import { networkInterfaces } from 'node:os';

export interface Reach {
  reach: 'network' | 'published';
  /** Why, in one sentence for `doctor`. */
  why: string;
}

/**
 * Whoever has the address of the engine's default bridge stands on its machine, outside of containers, and has a route
 * to all its bridges. `gateway` as in EngineInfo.
 */
export async function findReach(
  options: { host: string; gateway: string | null },
  ownsAddress: (address: string) => Promise<boolean> = isOurAddress,
): Promise<Reach> {
  const { host, gateway } = options;
  if (gateway === null)
    return { reach: 'published', why: `engine ${host} has no default bridge, so probes use published ports` };
  if (await ownsAddress(gateway)) {
    return {
      reach: 'network',
      why: `probes reach containers of ${host} over their networks, since its bridge ${gateway} is on this machine`,
    };
  }
  return {
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
