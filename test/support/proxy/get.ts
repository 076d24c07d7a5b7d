// One request to a proxy under a name of choice, on a connection of its own.
import http from 'node:http';
import type { RigAnswer } from './rig.ts';

/** `base` is where the proxy listens. */
export function getByName(
  base: string,
  options: { domain: string; path?: string; cookie?: string | undefined; headers?: Record<string, string> },
): Promise<RigAnswer> {
  const { domain, path = '/', cookie, headers = {} } = options;
  return new Promise((resolve, reject) => {
    const sent = http.get(
      new URL(path, base),
      {
        agent: false,
        timeout: 10_000,
        headers: { ...headers, host: domain, ...(cookie === undefined ? {} : { cookie }) },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('error', reject);
        response.once('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            body: Buffer.concat(chunks).toString(),
            headers: Object.fromEntries(
              Object.entries(response.headers).map(([name, value]) => [name, String(value)]),
            ),
            cookie: response.headers['set-cookie']?.[0]?.split(';')[0] ?? null,
          }),
        );
      },
    );
    sent.once('timeout', () => sent.destroy(new Error('the proxy did not answer within 10 s')));
    sent.once('error', reject);
  });
}
