// An upgraded connection through a proxy that is used all the time: how long it lived, and until when lines came back.
import { request } from 'node:http';
import type { Socket } from 'node:net';

export interface HeldSocket {
  /** When the last line came back, as `Date.now()`; null before the first. */
  echoedMs(): number | null;
  /** When it was closed, as `Date.now()`; resolves then. */
  closed: Promise<number>;
  close(): void;
}

const EVERY_MS = 100;

/** Rejects where the connection is not upgraded. */
export function holdSocket({ base, host }: { base: string; host: string }): Promise<HeldSocket> {
  const { promise, resolve, reject } = Promise.withResolvers<HeldSocket>();
  const headers = {
    host,
    connection: 'upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  };
  const call = request(new URL('/ws', base), { headers, agent: false });
  call.once('error', reject);
  call.once('response', ({ statusCode }) => reject(new Error(`answered ${statusCode} instead of 101`)));
  call.once('upgrade', (_response, socket: Socket) => {
    let echoedMs: number | null = null;
    socket.on('data', () => {
      echoedMs = Date.now();
    });
    const timer = setInterval(() => socket.write('ping\n'), EVERY_MS);
    const closed = new Promise<number>((gone) => {
      socket.once('error', () => socket.destroy());
      socket.once('end', () => socket.end());
      socket.once('close', () => {
        clearInterval(timer);
        gone(Date.now());
      });
    });
    resolve({ echoedMs: () => echoedMs, closed, close: () => void socket.destroy() });
  });
  call.end();
  return promise;
}
