// One open tab: a stream that is fed from a bounded outbox, kept awake, and cut when nobody reads it.
import type { Clock } from '../../ports/clock.ts';
import { HELLO, RELOAD, STILL_HERE } from './messages.ts';
import { createOutbox } from './outbox.ts';
import type { PartKeys } from './part-keys.ts';

const AWAKE_MS = 15_000;
/** A stuck reader blocks its writer for ever: after this long with something waiting it is cut. */
const STUCK_MS = 30_000;

export interface LiveClient {
  /** Of the page it shows. */
  address: string;
  /** What it shows, as far as we know. */
  shown: PartKeys | null;
  body: ReadableStream<Uint8Array>;
  send(message: string): void;
  close(): void;
}

export function createLiveClient(options: {
  clock: Clock;
  address: string;
  shown: PartKeys | null;
  /** Called once, however it ended. */
  ended: (client: LiveClient) => void;
  /** Breaks the connection itself; the stream alone cannot while its writer waits for the socket. */
  cut: () => void;
}): LiveClient {
  const { clock, address, shown, ended, cut } = options;
  const outbox = createOutbox(RELOAD);
  const encoder = new TextEncoder();
  const over = new AbortController();
  let wanted: ReadableStreamDefaultController<Uint8Array> | null = null;
  let source: ReadableStreamDefaultController<Uint8Array> | null = null;
  let takenMs = clock.nowMs();

  function flush(): void {
    if (wanted === null) return;
    const text = outbox.take();
    if (text === null) return;
    const to = wanted;
    wanted = null;
    takenMs = clock.nowMs();
    to.enqueue(encoder.encode(text));
  }

  function end(): void {
    if (over.signal.aborted) return;
    over.abort();
    ended(client);
  }

  async function keepAwake(): Promise<void> {
    while (!over.signal.aborted) {
      await clock.sleep(AWAKE_MS, over.signal);
      if (!outbox.isEmpty() && clock.nowMs() - takenMs >= STUCK_MS) {
        cut();
        client.close();
      } else {
        client.send(STILL_HERE);
      }
    }
  }

  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      source = controller;
    },
    pull(controller) {
      wanted = controller;
      flush();
    },
    cancel: end,
  });
  const client: LiveClient = {
    address,
    shown,
    body,
    send(message) {
      if (over.signal.aborted) return;
      // The time counts from when something begins to wait.
      if (outbox.isEmpty()) takenMs = clock.nowMs();
      outbox.push(message);
      flush();
    },
    close() {
      if (over.signal.aborted) return;
      source?.close();
      end();
    },
  };
  client.send(HELLO);
  keepAwake().catch(() => {});
  return client;
}
