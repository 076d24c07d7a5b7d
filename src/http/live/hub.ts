// Sends open pages what has changed: the same components again, and of them only the parts that say something new.
import type { HttpDeps } from '../deps.ts';
import type { Part } from '../pages/page.ts';
import type { Pages } from '../pages/read-page.ts';
import { createAnnouncer } from './announcer.ts';
import { createLiveClient, type LiveClient } from './client.ts';
import { patchMessage, RELOAD, sayMessage } from './messages.ts';
import { keysOf, type PartKeys } from './part-keys.ts';
import { patchOf } from './patch.ts';
import { createSnapshots } from './snapshots.ts';

/** Four patches a second are more than an eye needs. */
const COALESCE_MS = 250;
const MOST_CLIENTS = 64;

export interface LiveHub {
  /** For a page that is about to be made: what its stream will go on from. */
  open(address: string): { address: string; from: string; shows(parts: readonly Part[]): void };
  /** Null when too many tabs are open. */
  connect(options: { address: string; from: string; version: string; cut: () => void }): LiveClient | null;
  /** Ends all streams and listens no more. */
  close(): void;
}

export function createLiveHub(
  deps: Pick<HttpDeps, 'controller' | 'clock' | 'log' | 'version'>,
  pages: Pick<Pages, 'view' | 'live'>,
): LiveHub {
  const { controller, clock, log, version } = deps;
  // A restarted server counts anew: what it hears of an earlier count it cannot know.
  const boot = Math.floor(clock.random() * 36 ** 6).toString(36);
  const snapshots = createSnapshots();
  const clients = new Set<LiveClient>();
  const over = new AbortController();
  let announce = createAnnouncer(controller.overview().units);
  let seq = 0;
  let due: { atMs: number; cancelled: AbortController } | null = null;

  const stop = controller.subscribe(() => {
    seq += 1;
    schedule(COALESCE_MS);
  });

  /** The sooner of what is due already and this. */
  function schedule(afterMs: number): void {
    const atMs = clock.nowMs() + afterMs;
    if (clients.size === 0 || (due !== null && due.atMs <= atMs)) return;
    due?.cancelled.abort();
    const cancelled = new AbortController();
    due = { atMs, cancelled };
    clock.sleep(afterMs, AbortSignal.any([cancelled.signal, over.signal])).then(
      () => tell().catch((error: unknown) => log.error('Open pages could not be renewed', { error })),
      () => {},
    );
  }

  async function tell(): Promise<void> {
    due = null;
    const at = seq;
    const byAddress = Map.groupBy(clients, ({ address }) => address);
    for (const [address, tabs] of byAddress) {
      await tellTabs({ address, tabs, at }).catch((error: unknown) =>
        log.error('A page could not be renewed', { error }),
      );
    }
    const { sentence, againInMs } = announce(controller.overview().units, clock.nowMs());
    if (sentence !== null) for (const client of clients) client.send(sayMessage(sentence));
    if (againInMs !== null) schedule(againInMs);
  }

  async function tellTabs(facts: {
    address: string;
    tabs: readonly LiveClient[];
    at: number;
  }): Promise<void> {
    const { address, tabs, at } = facts;
    const parts = await partsOf(address);
    if (parts === null) {
      for (const tab of tabs) tab.send(RELOAD);
      return;
    }
    const keys = keysOf(parts);
    snapshots.save(address, at, keys);
    for (const tab of tabs) {
      const fragments = patchOf(parts, tab.shown);
      tab.shown = keys;
      if (fragments.length > 0) tab.send(patchMessage(`${boot}.${at}`, fragments));
    }
  }

  async function partsOf(address: string): Promise<readonly Part[] | null> {
    const { pathname, searchParams } = new URL(address, 'http://localhost');
    const view = await pages.view(pathname, searchParams);
    return view === null ? null : [pages.live(), ...view.parts];
  }

  function shownAt(address: string, from: string): PartKeys | null {
    const [ofBoot, at = ''] = from.split('.');
    return ofBoot === boot && /^\d{1,15}$/.test(at) ? snapshots.at(address, Number(at)) : null;
  }

  return {
    open(address) {
      const at = seq;
      return {
        address: `/events/stream?${new URLSearchParams({ page: address, version })}`,
        from: `${boot}.${at}`,
        shows: (parts) => snapshots.save(address, at, keysOf([pages.live(), ...parts])),
      };
    },
    connect({ address, from, version: theirs, cut }) {
      if (clients.size >= MOST_CLIENTS) return null;
      if (clients.size === 0) announce = createAnnouncer(controller.overview().units);
      const ended = (gone: LiveClient) => clients.delete(gone);
      const client = createLiveClient({ clock, address, shown: shownAt(address, from), ended, cut });
      clients.add(client);
      if (theirs !== version) client.send(RELOAD);
      // It may have missed something between its page and its stream.
      if (from !== `${boot}.${seq}`) schedule(0);
      return client;
    },
    close() {
      stop();
      over.abort();
      for (const client of clients) client.close();
    },
  };
}
