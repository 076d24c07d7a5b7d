// What a person may try in the demo: commands that can be pasted as they are.
import { relative } from 'node:path';
import { brokenTag } from './images.ts';
import { manifestFolder } from './repository.ts';
import type { Scene } from './scene.ts';
import { units } from './units.ts';

export async function whatToTry({ place, repository, view }: Scene): Promise<string> {
  const here = (path: string) => relative(process.cwd(), path);
  const tinyforge = here(place.at('tinyforge'));
  const clone = here(repository.clone);
  const shop = `${clone}/${manifestFolder}/shop.yaml`;
  const [victim] = await view.containers(units.database);
  const push = (message: string) => `git -C ${clone} commit -qam '${message}' && git -C ${clone} push -q`;
  return `Try in another terminal, from this folder:

A new version, rolled out without a gap:
  sed -i 's/tag: v1/tag: v2/' ${shop} && ${push('shop: v2')}
A version that never becomes healthy, and why it did not take over:
  sed -i 's/tag: v[12]/tag: ${brokenTag}/' ${shop} && ${push('shop: a bad one')}
  ${tinyforge} why ${units.prod}
Something breaks at night:
  ${here(place.at('kill'))} ${victim?.name ?? ''}
A workload leaves:
  git -C ${clone} rm -q ${manifestFolder}/docs/site.yaml && ${push('docs: remove')}
See what it sees:
  ${tinyforge} status
  ${tinyforge} plan
  ${tinyforge} history ${units.prod}

Ctrl-C stops the demo and removes everything that it made.`;
}
