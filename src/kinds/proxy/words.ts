// Where a stand-alone proxy leads, in a few words.
import type { RouteTarget, Traffic } from '../../model/route.ts';

/** `http://192.0.2.10:5000`, `https://www.example.com (301)`, `404`, `db:5432`. */
export function leadsTo(target: RouteTarget, traffic: Traffic | null): string {
  switch (target.type) {
    case 'forward':
      return (
        traffic?.main.map(({ scheme, host, port }) => `${scheme}://${hostPort(host, port)}`).join(', ') ?? '?'
      );
    case 'redirect':
      return `${target.scheme === 'auto' ? '' : `${target.scheme}://`}${target.domain} (${target.code})`;
    case 'not_found':
      return '404';
    case 'stream':
      return hostPort(target.host, target.port);
  }
}

function hostPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
