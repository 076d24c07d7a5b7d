// A double of the internet for clients that take a `fetch`: hosts by origin, every request kept, addresses for names.

export interface FakeRequest {
  method: string;
  url: string;
  authorization: string | null;
  accept: string | null;
}

export type FakeHost = (request: Request, url: URL) => Response | Promise<Response>;

export interface FakeInternet {
  fetch: typeof fetch;
  resolve(host: string): Promise<readonly string[]>;
  readonly requests: readonly FakeRequest[];
  /** `GET https://host/path`, for comparing. */
  lines(): string[];
}

/** Hosts by origin (`https://ghcr.io`); all have a public address but for those in `addresses`. */
export function createFakeInternet(
  hosts: Readonly<Record<string, FakeHost>>,
  addresses: Readonly<Record<string, readonly string[]>> = {},
): FakeInternet {
  const requests: FakeRequest[] = [];
  async function answer(input: string | URL | Request, init?: RequestInit): Promise<Response> {
    const request = new Request(input, init);
    const url = new URL(request.url);
    const { method, headers } = request;
    const kept = { authorization: headers.get('authorization'), accept: headers.get('accept') };
    requests.push({ method, url: request.url, ...kept });
    request.signal.throwIfAborted();
    const host = hosts[url.origin];
    if (host === undefined) {
      const cause = Object.assign(new Error(`getaddrinfo ENOTFOUND ${url.hostname}`), { code: 'ENOTFOUND' });
      throw new TypeError('fetch failed', { cause });
    }
    return await host(request, url);
  }
  return {
    fetch: answer,
    resolve: async (host) => addresses[host] ?? ['140.82.121.34'],
    requests,
    lines: () => requests.map(({ method, url }) => `${method} ${url}`),
  };
}
