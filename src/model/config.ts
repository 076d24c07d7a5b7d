// The start-up configuration, after file, environment and flags are merged.

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
  variables: Record<string, string>;
}

export interface DirectorySourceConfig {
  type: 'directory';
  name: string;
  /** Absolute path. */
  directory: string;
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

export interface Config {
  /** Absolute path of the data directory. */
  data: string;
  listen: { host: string; port: number };
  /** Names that the Host header may carry beside loopback and the listen address. */
  hosts: string[];
  controller: string;
  sources: SourceConfig[];
  engines: Record<string, { socket: string }>;
  /** Names of secrets holding bearer tokens; needed off loopback. */
  tokens: string[];
  webhooks: WebhookConfig[];
  secrets: { files: string | null };
  /** Units at work at the same time. */
  concurrency: number;
  resyncMs: number;
  site: { image: string };
  logLevel: 'debug' | 'info' | 'warn' | 'error';
}
