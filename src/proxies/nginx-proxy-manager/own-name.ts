// How a certificate that we uploaded is known: by its name, the only thing that is kept of what it is made with. Pure.
import { type ControllerNames, isOwnName } from '../../core/controller-names.ts';
import type { RouteKey } from '../../model/route.ts';

/** Neither of them has a space. */
export function ownNameOf(controller: string, key: RouteKey): string {
  return `tinyforge ${controller} ${key}`;
}

/** Before it said whose it is. */
export function olderNameOf(key: RouteKey): string {
  return `tinyforge ${key}`;
}

/** Of whichever route. */
export function isOwnCertificate(name: string, names: ControllerNames): boolean {
  const [, controller] = /^tinyforge (\S+) \S+$/.exec(name) ?? [];
  return isOwnName(controller, names);
}
