// What the double asks of the nginx behind it, whether that is a process, a container or nothing.

export interface Nginx {
  /** The folder of its files as nginx sees it; what the renderer writes into the configuration. */
  readonly root: string;
  /** Where clients reach it. */
  readonly traffic: { readonly http: string; readonly https: string };
  /** Ports that its servers listen on, as they stand in the configuration. */
  readonly listen: { readonly http: string; readonly https: string };
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
  /** Tells nginx to reload and does not wait for it. */
  reload(): void;
  close(): Promise<void>;
}
