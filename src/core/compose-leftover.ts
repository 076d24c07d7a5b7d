// Tells what a recreate by Compose that was cut short has left behind.
import type { ObservedContainer } from '../model/observed.ts';

/**
 * Compose makes the new container beside the old one and gives it its name later. The label alone says nothing: it stays
 * on a container that was recreated as it should be, for as long as that lives (seen on 2.26).
 */
export function isLeftover({ compose, state }: Pick<ObservedContainer, 'compose' | 'state'>): boolean {
  return compose !== null && compose.replaces !== null && state === 'created';
}
