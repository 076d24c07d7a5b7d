// The shape of a route's handler.
import type { Context } from 'hono';
import type { RouteKey } from './access.ts';

export type Handler = (c: Context) => Response | Promise<Response>;
export type Handlers<K extends RouteKey> = Readonly<Record<K, Handler>>;
