// A client that never stops asking: what it saw of a workload while somebody deployed, killed and healed it.
import { setTimeout as delay } from 'node:timers/promises';
import type { RealController } from './controller.ts';
import { testImages } from './images.ts';

export interface Traffic {
  /** Looks at which something that has the alias answered. */
  served: number;
  /** Looks at which nothing did, with what was there. */
  failures: string[];
  /** The versions that answered, in the order of their first answer. */
  versions: string[];
  /** Most containers of this controller that were running at one look. */
  mostRunning: number;
}

interface Inspected {
  Id: string;
  Name: string;
  State: { Status: string };
  NetworkSettings: { Networks: Record<string, { IPAddress: string; Aliases: string[] | null }> };
}

export interface Client extends AsyncDisposable {
  /** Ends the asking and tells what was seen. */
  stop(): Promise<Traffic>;
}

/**
 * Asks, as a client on the network would, whoever carries the alias, until it is stopped. Somebody is on the network
 * meanwhile, for where nobody could ask by the name it is taken at once.
 */
export async function startTraffic(
  rig: RealController,
  options: { alias: string; port?: number },
): Promise<Client> {
  const neighbour = await joinNetwork(rig, options.alias);
  const seen: Traffic = { served: 0, failures: [], versions: [], mostRunning: 0 };
  let stopped = false;
  async function look(): Promise<void> {
    const running = (await rig.containers()).filter(({ state }) => state === 'running');
    seen.mostRunning = Math.max(seen.mostRunning, running.length);
    const answers = await Promise.all(running.map(({ id }) => askOne(rig, { id, port: 8080, ...options })));
    const good = answers.filter((answer) => answer.ok);
    for (const { text } of good) if (!seen.versions.includes(text)) seen.versions.push(text);
    if (good.length > 0) seen.served++;
    else seen.failures.push(`${running.map(({ name }) => name).join(', ')}: ${JSON.stringify(answers)}`);
  }
  const asking = (async () => {
    while (!stopped) {
      await look();
      // The machine is shared with those who are watched.
      await delay(50);
    }
  })();
  const stop = async (): Promise<Traffic> => {
    stopped = true;
    await asking;
    await neighbour.leave();
    return seen;
  };
  return { stop, [Symbol.asyncDispose]: async () => void (await stop()) };
}

/** A container of nobody's on the network of that name, which is a workload's as well. */
export async function joinNetwork(rig: RealController, network: string): Promise<{ leave(): Promise<void> }> {
  const { Id: id } = (await rig.docker('POST', `/containers/create?name=${rig.name}-neighbour`, {
    Image: testImages.web1,
    HostConfig: { NetworkMode: network },
  })) as { Id: string };
  await rig.docker('POST', `/containers/${id}/start`);
  let isThere = true;
  return {
    async leave() {
      if (isThere) await rig.docker('DELETE', `/containers/${id}?force=1`);
      isThere = false;
    },
  };
}

async function askOne(
  rig: RealController,
  { id, alias, port }: { id: string; alias: string; port: number },
): Promise<{ ok: boolean; text: string }> {
  try {
    const { NetworkSettings } = (await rig.docker('GET', `/containers/${id}/json`)) as Inspected;
    const endpoint = Object.values(NetworkSettings.Networks).find(({ Aliases }) => Aliases?.includes(alias));
    if (endpoint === undefined) return { ok: false, text: 'does not carry the alias' };
    const response = await fetch(`http://${endpoint.IPAddress}:${port}/`, {
      signal: AbortSignal.timeout(5_000),
    });
    return { ok: response.ok, text: (await response.text()).trim() };
  } catch (error) {
    return { ok: false, text: error instanceof Error ? error.message : String(error) };
  }
}
