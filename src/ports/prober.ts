// Asking a container, or the other end of a route, whether it is well, from where the controller stands.

export interface ProbeResult {
  ok: boolean;
  /** `GET /healthz answered 503`, `connection refused`. */
  detail: string;
  /** First 2,000 characters of the body, for the record of a failure. */
  body: string | null;
}

export interface Prober {
  /** 2xx and 3xx are well. Redirects are not followed. Never rejects. */
  http(target: {
    host: string;
    port: number;
    path: string;
    timeoutMs: number;
    /** Without it, plain HTTP. Whose certificate it is with https does not count: many devices made their own. */
    scheme?: 'http' | 'https';
  }): Promise<ProbeResult>;
  tcp(target: { host: string; port: number; timeoutMs: number }): Promise<ProbeResult>;
}
