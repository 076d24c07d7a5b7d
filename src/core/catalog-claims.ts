// Things that one unit only can have: a domain, a host port, a name on a network, a Compose project.
import type { Desired } from '../model/desired.ts';
import type { JoinEntry } from './catalog-file.ts';
import { baseName } from './naming.ts';

export interface Claimant {
  unit: Desired;
  entry: JoinEntry;
}

export interface Claim {
  /** `The domain shop.example.com`. */
  what: string;
  first: Claimant;
  later: Claimant;
  severity: 'error' | 'warning';
  hint: string;
  /** Set where the thing is a domain. */
  domain?: string;
}

interface Thing extends Omit<Claim, 'first' | 'later'> {
  key: string;
  /** Where only one address of the host is meant; '' is all of them. */
  address?: string;
}

/** All claims of a thing after its first. In the order of the claimants. */
export function claims(claimants: readonly Claimant[]): Claim[] {
  const owners = new Map<string, { claimant: Claimant; address: string }[]>();
  const found: Claim[] = [];
  for (const later of claimants) {
    for (const thing of knownThings(later.unit)) {
      const { key, address = '' } = thing;
      const others = owners.get(key);
      if (others === undefined) {
        owners.set(key, [{ claimant: later, address }]);
        continue;
      }
      const first = others.find(
        (owner) => owner.address === '' || address === '' || owner.address === address,
      );
      if (first === undefined) others.push({ claimant: later, address });
      else if (first.claimant.unit !== later.unit)
        found.push({ ...told(thing), first: first.claimant, later });
    }
  }
  return found;
}

function told({ key: _key, address: _address, ...thing }: Thing): Omit<Claim, 'first' | 'later'> {
  return thing;
}

const things = new WeakMap<Desired, readonly Thing[]>();

/** A wish is the same object for as long as it is the same: of a thousand, one is looked at anew when one changes. */
function knownThings(unit: Desired): readonly Thing[] {
  const known = things.get(unit) ?? thingsOf(unit);
  things.set(unit, known);
  return known;
}

function thingsOf(unit: Desired): Thing[] {
  const things: Thing[] = domainsOf(unit).map((domain) => ({
    key: `domain ${domain}`,
    what: `The domain ${domain}`,
    severity: 'error',
    domain,
    hint: 'a domain leads to one workload: take it out of one of the two',
  }));
  if (unit.kind === 'stack') {
    things.push({
      key: `compose ${unit.host} ${unit.project}`,
      what: `The Compose project ${unit.project}`,
      severity: 'error',
      hint: 'give one of the stacks another `project`',
    });
    return things;
  }
  if (unit.kind === 'proxy') return [...things, ...streamsOf(unit)];
  const name = baseName(unit);
  things.push({
    key: `name ${unit.host} ${name}`,
    what: `The container name ${name}`,
    severity: 'error',
    hint: 'rename one of the two',
  });
  if (unit.kind === 'project') things.push(...portsOf(unit), ...volumesOf(unit));
  return things;
}

function domainsOf(unit: Desired): string[] {
  const own = unit.route?.domains ?? [];
  if (unit.kind !== 'stack') return own;
  return [...own, ...Object.values(unit.services).flatMap(({ route }) => route?.domains ?? [])];
}

function streamsOf({ target }: Extract<Desired, { kind: 'proxy' }>): Thing[] {
  if (target.type !== 'stream') return [];
  const protocols = [...(target.tcp ? ['tcp'] : []), ...(target.udp ? ['udp'] : [])];
  return protocols.map((protocol) => ({
    key: `stream ${target.incomingPort}/${protocol}`,
    what: `Port ${target.incomingPort} of the proxy`,
    severity: 'error',
    hint: 'give each stream a port of its own',
  }));
}

function portsOf(unit: Extract<Desired, { kind: 'project' }>): Thing[] {
  return unit.spec.ports.flatMap(({ published, protocol, hostIp }): Thing[] => {
    if (published === null) return [];
    const address = ['0.0.0.0', '::'].includes(hostIp) ? '' : hostIp;
    return [
      {
        key: `port ${unit.host} ${published}/${protocol}`,
        address,
        what: `Port ${published} of the host`,
        severity: 'error',
        hint: 'give each its own port, in its stage if need be',
      },
    ];
  });
}

function volumesOf(unit: Extract<Desired, { kind: 'project' }>): Thing[] {
  if (unit.sharedVolumes) return [];
  return unit.spec.mounts.flatMap((mount): Thing[] => {
    if (mount.type !== 'volume' || mount.source === '' || mount.readOnly) return [];
    return [
      {
        key: `volume ${unit.host} ${mount.source}`,
        what: `The volume ${mount.source}`,
        severity: 'warning',
        hint: 'name another volume in one of them, mount it `:ro`, or say `shared_volumes: true`',
      },
    ];
  });
}
