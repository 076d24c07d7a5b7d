// GET /events/stream: one stream per open tab.
import type { HttpBindings } from '@hono/node-server';
import { failure } from '../api/envelope.ts';
import type { Handlers } from '../handler.ts';
import { badRequest } from '../refusal.ts';
import type { LiveHub } from './hub.ts';

export function liveRoutes(hub: Pick<LiveHub, 'connect'>): Handlers<'GET /events/stream'> {
  return {
    'GET /events/stream': (c) => {
      const address = c.req.query('page') ?? '/';
      if (!address.startsWith('/') || address.length > 1000) {
        return failure(
          c,
          badRequest('PageUnknown', 'The stream needs the path of a page.', '`?page=/` is the overview.'),
        );
      }
      const client = hub.connect({
        address,
        from: c.req.header('last-event-id') ?? c.req.query('from') ?? '',
        version: c.req.query('version') ?? '',
        cut: () => (c.env as Partial<HttpBindings> | undefined)?.outgoing?.destroy(),
      });
      if (client === null) {
        return failure(c, {
          status: 503,
          code: 'TOO_MANY_STREAMS',
          reason: 'TooManyStreams',
          message: 'Too many pages are open at once.',
          hint: 'Close some; this one is complete without being live.',
          headers: { 'Retry-After': '30' },
        });
      }
      c.req.raw.signal.addEventListener('abort', () => client.close(), { once: true });
      return c.body(client.body, 200, {
        'Content-Type': 'text/event-stream; charset=utf-8',
        'Cache-Control': 'no-store, no-transform',
        // nginx would hold the messages back until a buffer is full.
        'X-Accel-Buffering': 'no',
      });
    },
  };
}
