// Which version of the engine's API we speak: the lower of ours and theirs, for an unversioned call changes with the engine.
import { fault } from '../../model/errors.ts';

/** The newest version whose shapes this adapter reads. */
export const NEWEST_KNOWN = '1.52';
/** Docker 20.10, the oldest engine that is tried. */
export const OLDEST_KNOWN = '1.41';

export interface EngineVersions {
  /** `26.1.5`. */
  engine: string;
  newest: string;
  oldest: string;
}

/** The version to use. Throws EngineRefused (stalled) when there is none in common. */
export function chooseVersion(theirs: EngineVersions, host: string): string {
  if (isOlder(theirs.newest, OLDEST_KNOWN)) {
    throw fault({
      code: 'ENGINE_REFUSED',
      reason: 'EngineRefused',
      message: `engine ${host} speaks API ${theirs.newest} at most, and ${OLDEST_KNOWN} is needed`,
      hint: 'Upgrade the engine to Docker 20.10 or newer.',
      disposition: 'stalled',
    });
  }
  if (isOlder(NEWEST_KNOWN, theirs.oldest)) {
    throw fault({
      code: 'ENGINE_REFUSED',
      reason: 'EngineRefused',
      message: `engine ${host} wants API ${theirs.oldest} at least, and this Tinyforge speaks ${NEWEST_KNOWN}`,
      hint: 'Upgrade Tinyforge, or lower `min-api-version` of the engine.',
      disposition: 'stalled',
    });
  }
  return isOlder(theirs.newest, NEWEST_KNOWN) ? theirs.newest : NEWEST_KNOWN;
}

/** True when version `a` is older than `b`: `1.9` is older than `1.41`. */
export function isOlder(a: string, b: string): boolean {
  const [majorA = 0, minorA = 0] = a.split('.').map(Number);
  const [majorB = 0, minorB = 0] = b.split('.').map(Number);
  return majorA === majorB ? minorA < minorB : majorA < majorB;
}

/** True for the 400 of an engine that was up- or downgraded under us: `client version 1.50 is too new. …`. */
export function isVersionRefusal(refusal: { status: number; message: string } | null): boolean {
  return refusal?.status === 400 && /client version \S+ is too (new|old)/.test(refusal.message);
}
