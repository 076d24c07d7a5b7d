// What a person may try in the demo: commands that can be pasted as they are.
import { relative } from 'node:path';
import { brokenTag } from './images.ts';
import { manifestFolder } from './repository.ts';
import type { Scene } from './scene.ts';
import { units } from './units.ts';

export async function whatToTry({ repository, view }: Scene): Promise<string> {
  const [victim] = await view.containers(units.database);
  const shop = `${manifestFolder}/shop.yaml`;
  return `Try it. In another terminal:
  cd ${relative(process.cwd(), repository.clone)}

A new version, rolled out without a gap:
  sed -i 's/tag: .*/tag: v2/' ${shop} && git commit -qam 'shop: v2' && git push -q
A version that never becomes healthy, and why it did not take over:
  sed -i 's/tag: .*/tag: ${brokenTag}/' ${shop} && git commit -qam 'shop: a bad one' && git push -q
  ../tinyforge why ${units.prod}
Something breaks at night:
  ../kill ${victim?.name ?? ''}
A workload leaves:
  git rm -q ${manifestFolder}/docs/site.yaml && git commit -qam 'docs: remove' && git push -q
What it sees, what it would do, what it did:
  ../tinyforge status
  ../tinyforge plan
  ../tinyforge history ${units.prod}

Ctrl-C stops the demo and removes everything that it made.`;
}
