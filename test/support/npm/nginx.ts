// What the double asks of the nginx behind it, whether that is a process, a container or nothing.

import type { Reloads } from './reloads.ts';

/** As they stand behind `listen`. */
export interface Listen {
  readonly http: string;
  readonly https: string;
  /** What stands before a stream's port: an address with its colon, or nothing. */
  readonly stream: string;
}

export interface Nginx {
  /** The folder of its files as nginx sees it; what the renderer writes into the configuration. */
  readonly root: string;
  /** Where clients reach it. */
  readonly traffic: { readonly http: string; readonly https: string };
  /** Ports that its servers listen on, as they stand in the configuration. */
  readonly listen: Listen;
  /** Whether this nginx can forward streams (its module is there). */
  readonly streams: boolean;
  /** For `resolver`, as the real one takes it from resolv.conf. */
  readonly resolvers: string;
  /** Writes below its folder; makes folders. */
  write(path: string, text: string): Promise<void>;
  /** No error when the file is not there. */
  remove(path: string): Promise<void>;
  /** `nginx -t`: null, or what nginx said, with paths as in the real image (`/data/…`). */
  test(): Promise<string | null>;
  /** Told to reload, nginx is not waited for. */
  readonly reloads: Reloads;
  readonly containerId?: string;
  close(): Promise<void>;
}
