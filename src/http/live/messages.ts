// The messages of the stream, as the protocol of server-sent events writes them.
import type { Fragment } from './patch.ts';

/** JSON has no raw line breaks, so one data line is enough. */
export function patchMessage(id: string, fragments: readonly Fragment[]): string {
  return `event: patch\nid: ${id}\ndata: ${JSON.stringify(fragments)}\n\n`;
}

/** A sentence for those who listen to the page. */
export function sayMessage(text: string): string {
  return `event: say\ndata: ${JSON.stringify(text)}\n\n`;
}

/** The page cannot be brought up to date piece by piece any more; it offers to be loaded again. */
export const RELOAD = 'event: reload\ndata: {}\n\n';
/** Keeps proxies from closing a quiet stream. */
export const STILL_HERE = ': still here\n\n';
/** First on each stream; the browser comes back after two seconds when it is cut. */
export const HELLO = 'retry: 2000\n: hello\n\n';
