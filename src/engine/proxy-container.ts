// Which container the proxy runs in, where it runs on an engine of ours: told by the address of its API.
import type { ObservedContainer } from '../model/observed.ts';

/** By its name, its service's, its address, or a published port; null where the proxy is elsewhere or cannot be told. */
export function findOwnContainer(
  url: string,
  containers: readonly ObservedContainer[],
): ObservedContainer | null {
  const { hostname, port, protocol } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  const running = containers.filter(({ state }) => state === 'running');
  const named = running.filter(
    ({ name, compose, networks }) =>
      name === host || compose?.service === host || Object.values(networks).some(({ ip }) => ip === host),
  );
  if (named.length > 0) return named.length === 1 ? (named[0] ?? null) : null;
  if (host !== 'localhost' && host !== '::1' && !host.startsWith('127.')) return null;
  const at = Number(port || (protocol === 'https:' ? 443 : 80));
  return running.find(({ ports }) => ports.some(({ published }) => published === at)) ?? null;
}
