// The unit's own name on its networks: who has it, who must not have it yet, and when it is taken.
import type { Action } from '../../model/action.ts';
import { isUp, type Slot } from './slots.ts';
import { act, type Rollout } from './steps.ts';
import { aliasesOn, type Wanted } from './wanted.ts';

/** Traffic: the alias moves onto the proven containers. */
export function takeAlias(rollout: Rollout): Action[] {
  const { wanted, slots, sideBySide } = rollout;
  return slots.slots.flatMap((slot) => {
    // Back on a network with all the names that it needs there: only the unit's own is taken later.
    const gotBack = slot.cutOff.filter((network) => !sideBySide || !isTakenLater(network, wanted));
    const due =
      slot.container === null
        ? wanted.spec.networks.filter((network) => {
            const atStart = namesAtStart(network, rollout);
            return aliasesOn(network, wanted, 'taken').length > atStart.length;
          })
        : [
            ...slot.unaliased.filter((network) => !gotBack.includes(network)),
            ...carriesTooEarly(slot, { wanted, sideBySide }),
          ];
    // In the order of the spec, so that the plan half-way through is the rest of this one.
    const networks = wanted.spec.networks.filter((network) => due.includes(network));
    return networks.map((network) =>
      act(wanted, 'switch', {
        type: 'connectNetwork',
        container: slot.name,
        network,
        aliases: aliasesOn(network, wanted, 'taken'),
      }),
    );
  });
}

/**
 * What a new container is called on a network before it is proven. A replica that joins others has no name that leads to
 * it: neither the unit's nor, where the proxy goes by it, the one that its generation shares.
 */
export function namesAtStart(network: string, { wanted, slots, sideBySide }: NewNames): string[] {
  if (sideBySide) return aliasesOn(network, wanted, 'before');
  const there = [...slots.slots.map(({ container }) => container), ...slots.extras];
  const joins = there.some((container) => container !== null && isUp(container));
  return joins ? [] : aliasesOn(network, wanted, 'taken');
}

type NewNames = Pick<Rollout, 'wanted' | 'slots' | 'sideBySide'>;

/** One that stood by stopped has the alias still: started with it, it would get requests before it is proven. */
export function withhold({
  wanted,
  slots,
  sideBySide,
}: Pick<Rollout, 'wanted' | 'slots' | 'sideBySide'>): Action[] {
  return slots.slots.flatMap((slot) =>
    carriesTooEarly(slot, { wanted, sideBySide }).map((network) =>
      act(wanted, 'prepare', {
        type: 'connectNetwork',
        container: slot.name,
        network,
        aliases: aliasesOn(network, wanted, 'before'),
      }),
    ),
  );
}

/**
 * Back on the networks that one fell off, as a kill in the middle of taking the alias leaves it, or that were removed
 * from under one that is down: nobody can be asked at the gate who has no address. Without the alias while another generation serves.
 */
export function reconnect({
  wanted,
  slots,
  sideBySide,
}: Pick<Rollout, 'wanted' | 'slots' | 'sideBySide'>): Action[] {
  return slots.slots.flatMap((slot) =>
    slot.cutOff.map((network) =>
      act(wanted, 'prepare', {
        type: 'connectNetwork',
        container: slot.name,
        network,
        aliases: aliasesOn(network, wanted, sideBySide ? 'before' : 'taken'),
      }),
    ),
  );
}

/** Networks on which a container that is yet to be started has the alias, while another generation serves. */
function carriesTooEarly(
  { container, unaliased, wellness }: Slot,
  { wanted, sideBySide }: Pick<Rollout, 'wanted' | 'sideBySide'>,
): string[] {
  if (!sideBySide || container === null || isUp(container) || wellness === 'ended') return [];
  if (wanted.spec.networkMode !== null) return [];
  return wanted.spec.networks.filter(
    (network) => !unaliased.includes(network) && isTakenLater(network, wanted),
  );
}

function isTakenLater(network: string, wanted: Wanted): boolean {
  return aliasesOn(network, wanted, 'taken').length > aliasesOn(network, wanted, 'before').length;
}
