// The start-up configuration, after file, environment and flags are merged.

/** What is done with changes of desired state: committed where the source is read from, offered on a branch, or only told. */
export type WriteBackMode = 'commit' | 'branch' | 'off';

export interface GitSourceConfig {
  type: 'git';
  name: string;
  url: string;
  ref: string;
  /** Sub-directory with the manifests; '' for the root. */
  path: string;
  pollMs: number;
  /** Name of a secret: a private key for ssh, `user:token` or a token for https. */
  credential: string | null;
  /** Known hosts file for ssh; null for the user's own. */
  knownHosts: string | null;
  allowedSigners: string | null;
  writeBack: WriteBackMode;
  /** Each folder directly below with a Compose file is a stack. */
  discover?: 'compose';
  variables: Record<string, string>;
}

export interface DirectorySourceConfig {
  type: 'directory';
  name: string;
  /** Absolute path. */
  directory: string;
  writeBack: Exclude<WriteBackMode, 'branch'>;
  /** Each folder directly below with a Compose file is a stack. */
  discover?: 'compose';
  variables: Record<string, string>;
}

export type SourceConfig = GitSourceConfig | DirectorySourceConfig;

export interface WebhookConfig {
  /** Answers at /api/webhooks/NAME. */
  name: string;
  sender: string;
  /** Name of the secret that verifies. */
  secret: string;
  /** Sources to look at sooner; empty for all. */
  sources: string[];
}

/** The reverse proxy in front of what runs. */
export interface ProxyConfig {
  /** The folder in src/proxies/. */
  provider: string;
  /** Where its API is. */
  url: string;
  email: string | null;
  /** Names of secrets. */
  password: string | null;
  totp: string | null;
  /** Where its traffic can be asked, by us: for proving and verifying. */
  traffic: { http: string; https: string };
  /** How the proxy reaches containers: by name on a shared network, or by published ports of the engine's host. */
  reach: 'network' | 'published';
  /** The shared network; null with `published`. */
  network: string | null;
  /** The engine's host as the proxy sees it; null with `network`. */
  address: string | null;
  /** What subdomains are below. */
  domain: string | null;
  /** Name of a unit whose manifest says `subdomain: auto`: `stage-{stage}-{project}.{domain}`. */
  subdomain: string;
  /** What is done about hand edits of our routes. */
  drift: 'heal' | 'report';
  /** TLS of routes that do not say: the proxy's own certificate that fits and plain HTTP without one, or none. */
  tls: 'auto' | 'off';
  /** Send requests through the proxy during each switch, and keep their record with the deploy. */
  probe: boolean;
  /** Time for clients to leave an old version, where the manifest does not say. */
  drainMs: number;
}

export interface Config {
  /** Absolute path of the data directory. */
  data: string;
  listen: { host: string; port: number };
  /** Names that the Host header may carry beside loopback and the listen address. */
  hosts: string[];
  controller: string;
  /** What this controller was called before: what carries that name is its own. */
  formerly?: string | undefined;
  sources: SourceConfig[];
  engines: Record<string, { socket: string }>;
  /** Names of secrets holding bearer tokens; needed off loopback. */
  tokens: string[];
  webhooks: WebhookConfig[];
  secrets: { files: string | null };
  /** Null where nothing is routed. */
  proxy: ProxyConfig | null;
  /** Who is asked about canaries: its address, and the name of the secret with its token. Null where nobody is. */
  prometheus: { url: string; token: string | null } | null;
  /** Units at work at the same time. */
  concurrency: number;
  resyncMs: number;
  site: { image: string };
  /** For rolling back: so many versions of each workload, and so much disk for images that only they need. */
  keep: { revisions: number; diskBytes: number };
  logLevel: 'debug' | 'info' | 'warn' | 'error';
}
