// Reads what a git source was configured with, and refuses what could not be meant, before any child is started.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { GitSourceConfig } from '../../model/config.ts';
import { fault } from '../../model/errors.ts';
import { type RemoteAddress, readAddress } from './address.ts';
import { readRef, type WantedRef } from './ref-name.ts';

export interface GitSourceSettings {
  address: RemoteAddress;
  wanted: WantedRef;
  /** Sub-directory without slashes at its ends; '' for the root. */
  path: string;
  /** Equal for equal address, ref and path: whether a checkout on disk is of this source. */
  identity: string;
}

/** Throws GitAddressRefused, GitRefRefused, GitPathRefused (all stalled). */
export function readSettings(config: GitSourceConfig): GitSourceSettings {
  const address = readAddress(config.url);
  const wanted = readRef(config.ref);
  const path = readPath(config.path);
  const identity = createHash('sha256')
    .update(JSON.stringify([address.url, config.ref, path]))
    .digest('hex');
  return { address, wanted, path, identity };
}

export interface SourcePlaces {
  lock: string;
  marker: string;
  mirror: string;
  checkouts: string;
}

/** Where a source keeps its things: `<data>/sources/NAME`. */
export function sourcePlaces(dataDirectory: string, name: string): SourcePlaces {
  const root = join(dataDirectory, 'sources', name);
  return {
    lock: join(root, 'lock'),
    marker: join(root, 'current'),
    mirror: join(root, 'mirror.git'),
    checkouts: join(root, 'checkouts'),
  };
}

function readPath(path: string): string {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this refuses.
  if (path.startsWith('/') || parts.includes('..') || /[\u0000-\u001f\u007f\\]/.test(path)) {
    throw fault({
      code: 'GIT_PATH_REFUSED',
      reason: 'GitPathRefused',
      message: 'The `path` of the source is refused: it leads out of the repository.',
      hint: 'Write a folder as seen from the root of the repository, such as forge.d.',
      disposition: 'stalled',
    });
  }
  return parts.join('/');
}
