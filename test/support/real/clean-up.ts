// Removes from a shared engine what one test made, known by its name or by a label.
import type { TestEngine } from './engine.ts';
import { until } from './until.ts';

/** What belongs to the test: names that begin with `namePrefix`, or anything with this label (`key` or `key=value`). */
export type Belonging = { readonly namePrefix: string } | { readonly label: string };

interface Listed {
  readonly Id?: string;
  readonly Name?: string;
  readonly Names?: readonly string[];
  readonly RepoTags?: readonly string[] | null;
  readonly RepoDigests?: readonly string[] | null;
}

/**
 * Removes containers (running ones too), networks and volumes that belong to the test, and the names that it gave to
 * images in a registry of its own: with one, an image counts as pulled, and goes when nobody needs it.
 */
export async function removeFromEngine(engine: TestEngine, belonging: Belonging): Promise<void> {
  const filters = 'label' in belonging ? { label: [belonging.label] } : { name: [belonging.namePrefix] };
  const query = `filters=${encodeURIComponent(JSON.stringify(filters))}`;
  const isOurs = (name: string) => 'label' in belonging || name.startsWith(belonging.namePrefix);
  const list = async (path: string) => (await engine.ask({ method: 'GET', path })) as readonly Listed[];
  const remove = (path: string) =>
    until({
      what: `DELETE ${path} to be taken`,
      async look() {
        const { status, text } = await engine.call({ method: 'DELETE', path });
        // A container that is still on its way out keeps its network in use for a moment.
        if (status === 403 && text.includes('active endpoints')) return false;
        // Gone already, or being removed by someone else: both are what was wanted.
        if (status >= 400 && status !== 404 && status !== 409) throw new Error(`DELETE ${path}: ${text}`);
        return true;
      },
    });
  for (const container of await list(`/containers/json?all=1&${query}`)) {
    const names = (container.Names ?? []).map((name) => name.replace(/^\//, ''));
    if (names.some(isOurs)) await remove(`/containers/${container.Id}?force=1&v=1`);
  }
  for (const network of await list(`/networks?${query}`))
    if (isOurs(network.Name ?? '')) await remove(`/networks/${network.Id}`);
  const volumes = (await engine.ask({ method: 'GET', path: `/volumes?${query}` })) as {
    readonly Volumes: readonly Listed[] | null;
  };
  for (const volume of volumes.Volumes ?? [])
    if (isOurs(volume.Name ?? '')) await remove(`/volumes/${encodeURIComponent(volume.Name ?? '')}?force=1`);
  if ('label' in belonging) return;
  const references = (await list('/images/json')).flatMap(({ RepoTags, RepoDigests }) => [
    ...(RepoTags ?? []),
    ...(RepoDigests ?? []),
  ]);
  for (const reference of references)
    if (reference.includes(`/${belonging.namePrefix}`)) await remove(`/images/${reference}?noprune=1`);
}
