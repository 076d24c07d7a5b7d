// What a configuration is read from.

export interface ConfigInput {
  /** Text of tinyforge.yaml; null where there is no file, which is fine. */
  text: string | null;
  /** Absolute path of tinyforge.yaml: what it writes is relative to its folder. */
  file: string;
  /** Absolute: what the environment and flags write is relative to this. */
  cwd: string;
  /** `TINYFORGE_*` and `DOCKER_HOST`; the contents of `TINYFORGE_*_FILE` put in by the caller as `TINYFORGE_*`. */
  environment: Readonly<Record<string, string | undefined>>;
  /** By the names of `SETTINGS`, `-` or `_`. */
  overrides: Readonly<Record<string, string>>;
  /** Senders of webhooks that this program knows; null where nobody knows. */
  senders: readonly string[] | null;
  /** Proxies that this program can drive; null where nobody knows. */
  providers: readonly string[] | null;
}
