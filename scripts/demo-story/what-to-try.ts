// What a person may try in the demo: commands that can be pasted as they are.
import { relative } from 'node:path';
import { brokenTag } from './images.ts';
import type { DemoProxy } from './proxy.ts';
import { manifestFolder } from './repository.ts';
import { routeIdOf } from './route-chapters.ts';
import type { Scene } from './scene.ts';
import { domains, units } from './units.ts';

export async function whatToTry(scene: Scene): Promise<string> {
  const { repository, view, controller, proxy } = scene;
  const [victim] = await view.containers(units.database);
  const shop = `${manifestFolder}/shop.yaml`;
  const tries = [
    `A new version, rolled out without a gap:
  sed -i 's/tag: .*/tag: v2/' ${shop} && git commit -qam 'shop: v2' && git push -q`,
    `A version that never becomes healthy, and why it did not take over:
  sed -i 's/tag: .*/tag: ${brokenTag}/' ${shop} && git commit -qam 'shop: a bad one' && git push -q
  ../tinyforge why ${units.prod}`,
    `Back to the version before, without git; and forward again:
  ../tinyforge rollback ${units.prod}
  ../tinyforge resume ${units.prod}`,
    `Something breaks at night:
  ../kill ${victim?.name ?? ''}`,
    ...(proxy === undefined ? [] : [await routesToTry(scene, proxy)]),
    `A workload leaves:
  git rm -q ${manifestFolder}/docs/site.yaml && git commit -qam 'docs: remove' && git push -q`,
    `What it sees, what it would do, what it did:
  ../tinyforge status
  ../tinyforge plan
  ../tinyforge history ${units.prod}`,
  ];
  return [
    `Look:\n${addresses(controller.api.address, proxy)}`,
    `Try it. In another terminal:\n  cd ${relative(process.cwd(), repository.clone)}`,
    ...tries,
    'Ctrl-C stops the demo and removes everything that it made.',
  ].join('\n\n');
}

function addresses(page: string, proxy: DemoProxy | undefined): string {
  const rows: (readonly [string, string])[] = [[`${page}/`, 'the status page']];
  if (proxy !== undefined) {
    rows.push([proxy.address(domains.prod), `${units.prod}, by two containers in turn`]);
    rows.push([proxy.address(domains.site), units.site]);
    rows.push([proxy.address(domains.nas), 'something that Tinyforge only leads to']);
  }
  const width = Math.max(...rows.map(([address]) => address.length));
  return rows.map(([address, what]) => `  ${address.padEnd(width)}  ${what}`).join('\n');
}

async function routesToTry(scene: Scene, proxy: DemoProxy): Promise<string> {
  const id = await routeIdOf(scene, domains.prod);
  return `What clients see, also while you push and break things (until Ctrl-C):
  while sleep 0.2; do curl -sS -m 5 -H 'Host: ${domains.prod}' ${proxy.traffic}/; done
A route goes missing, and is there again in a few seconds:
  curl -sS -X DELETE ${proxy.api}/id/${id}
  ../tinyforge proxies`;
}
