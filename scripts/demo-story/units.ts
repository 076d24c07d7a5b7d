// The demo's units by their part in the story, how one is waited for, and how a version is changed.
import type { UnitView } from './api.ts';
import { routeDomain } from './configuration.ts';
import { namePrefix } from './rename-workloads.ts';
import type { DemoRepository } from './repository.ts';
import type { Scene } from './scene.ts';
import { waitFor } from './wait-for.ts';

/** Of examples/forge.d, with the demo's own names. */
export const units = {
  prod: `${namePrefix}shop/prod`,
  staging: `${namePrefix}shop/staging`,
  database: `${namePrefix}database`,
  stack: `${namePrefix}guestbook`,
  site: `${namePrefix}docs`,
} as const;

/** Where the demo has a proxy. */
export const nas = `${namePrefix}nas`;

/** The names that its routes have with the demo's proxy. */
export const domains = {
  prod: `shop.${routeDomain}`,
  site: `docs.${routeDomain}`,
  nas: `nas.${routeDomain}`,
} as const;

/** Waits until the controller says so of the unit; the error tells what it said last. */
export async function awaitUnit(
  { controller, signal }: Pick<Scene, 'controller' | 'signal'>,
  name: string,
  is: (unit: UnitView) => boolean,
): Promise<UnitView> {
  let last: UnitView | undefined;
  try {
    return await waitFor({
      what: name,
      signal,
      look: async () => {
        last = await controller.api.unit(name);
        return last !== undefined && is(last) && last;
      },
    });
  } catch (error) {
    if (last === undefined || signal.aborted) throw error;
    throw new Error(`${name} is ${last.outcome}: ${last.sentence}`, { cause: error });
  }
}

/** The commit that gives the stage `prod` of the shop another version. */
export function setProdTag(from: string, to: string): Parameters<DemoRepository['push']>[0] {
  return {
    path: 'shop.yaml',
    edit: (text) => text.replace(new RegExp(`(\\n  prod:\\n(?:    .*\\n)*?    tag: )${from}`), `$1${to}`),
    message: `shop: ${to} in prod`,
  };
}
