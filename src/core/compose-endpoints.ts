// How the containers of a service are on its networks, by the engine's names of these.
import type { StackEndpoint } from '../model/resolved.ts';
import { type Json, list, map, type ResolvedModel, text, undoubled } from './compose-model.ts';

/** Anything else that is written about an endpoint (addresses, driver options) only Compose can bring about. */
const PLAIN_KEYS: ReadonlySet<string> = new Set(['aliases', 'priority']);
/** The engine gives no aliases on its own networks. */
const ENGINES_OWN: ReadonlySet<string> = new Set(['bridge', 'host', 'none']);

export function endpointsOf(service: Json, { networks }: ResolvedModel): Record<string, StackEndpoint> {
  const isSpecial = ['links', 'external_links', 'mac_address'].some((key) => hasContent(service[key]));
  return Object.fromEntries(
    Object.entries(map(service.networks)).map(([key, written]) => {
      const network = text(networks[key]?.name) ?? key;
      const aliases = list(map(written).aliases).flatMap((alias) => text(alias) ?? []);
      const isPlain = Object.entries(map(written)).every(
        ([name, value]) => PLAIN_KEYS.has(name) || !hasContent(value),
      );
      const byCompose = isSpecial || !isPlain || ENGINES_OWN.has(network);
      return [undoubled(network), { aliases: aliases.map(undoubled), byCompose }];
    }),
  );
}

function hasContent(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return value !== undefined && value !== null && value !== '';
}
