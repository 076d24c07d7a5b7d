// The sentences about a repository that cannot be had: what happened, and what a person can do about it.
import { type Fault, type FaultFacts, fault } from '../../model/errors.ts';
import type { RemoteAddress } from './address.ts';

export interface FailureContext {
  address: RemoteAddress;
  ref: string;
  /** Name of the secret; null for none. */
  credential: string | null;
  redact(text: string): string;
}

export type Facts = Omit<FaultFacts, 'cause'>;

/** For a ref that the other side does not have. */
export function refMissing(context: FailureContext): Fault {
  const { ref, address } = context;
  const looksCut = /^[0-9a-f]{7,39}$/.test(ref);
  return fault({
    code: 'GIT_REF_MISSING',
    reason: 'GitRefMissing',
    message: `${address.shown} has no branch or tag ${ref}.`,
    hint: looksCut
      ? 'A commit needs all its 40 digits.'
      : 'Correct `ref`, or push that branch; a repository without any commit has none yet.',
    disposition: 'stalled',
  });
}

export function away({ address }: FailureContext, why: string): Facts {
  return {
    code: 'GIT_AWAY',
    reason: 'GitAway',
    message: `${address.host} does not answer (${why}).`,
    hint: 'If it runs here, see `tinyforge status`; else check the network between here and there.',
    disposition: 'retry',
  };
}

export function denied(context: FailureContext, said: string): Facts {
  const { address, credential } = context;
  const facts = { code: 'GIT_DENIED', reason: 'GitDenied', disposition: 'retry' } as const;
  if (credential === null) {
    const message = `${address.host} wants to know who asks, and this source has no credential.`;
    return { ...facts, message, hint: 'Set `credential` of the source, or make the repository public.' };
  }
  if (address.protocol === 'ssh') {
    const hint = 'Check that the key of `credential` is the one registered there, and has no passphrase.';
    return { ...facts, message: `${address.host} refused the key of this source ("${said}").`, hint };
  }
  const hint = `Renew the token in the secret ${credential}, and check that it may read this repository.`;
  return { ...facts, message: `${address.host} refused the credential of this source.`, hint };
}

export function hostKeyUnknown({ address }: FailureContext): Facts {
  return {
    code: 'GIT_HOST_UNKNOWN',
    reason: 'GitHostUnknown',
    message: `The host key of ${address.host} is not among the known hosts, so it may be anybody.`,
    hint: 'Compare its fingerprint with the one that its owner publishes, then add it to `known_hosts`.',
    disposition: 'retry',
  };
}

export function hostKeyChanged({ address }: FailureContext): Facts {
  return {
    code: 'GIT_HOST_CHANGED',
    reason: 'GitHostChanged',
    message: `${address.host} shows another host key than the known one: it was renewed, or somebody is in between.`,
    hint: 'Ask its owner; if it was renewed, replace the line in `known_hosts`.',
    disposition: 'retry',
  };
}

export function repositoryMissing({ address }: FailureContext, said: string): Facts {
  return {
    code: 'GIT_REPOSITORY_MISSING',
    reason: 'GitRepositoryMissing',
    message: `There is no repository at ${address.shown} ("${said}").`,
    hint: 'Check the address; many hosts also say so where a credential may not see it.',
    disposition: 'retry',
  };
}

export function moved({ address }: FailureContext, said: string): Facts {
  return {
    code: 'GIT_MOVED',
    reason: 'GitMoved',
    message: `${address.shown} has moved, and redirects are not followed ("${said}").`,
    hint: 'Write the new address into `url`; some hosts want `.git` at its end.',
    disposition: 'retry',
  };
}

export function brokenObjects({ address }: FailureContext, said: string): Facts {
  return {
    code: 'GIT_OBJECTS_REFUSED',
    reason: 'GitObjectsRefused',
    message: `${address.host} sent objects that are broken or crafted ("${said}").`,
    hint: 'Run `git fsck --full` in that repository.',
    disposition: 'retry',
  };
}

export function gitMissing(): Facts {
  return {
    code: 'GIT_MISSING',
    reason: 'GitMissing',
    message: 'The program git is not installed here.',
    hint: 'Install it: `apt-get install git`.',
    disposition: 'stalled',
  };
}

export function unknown({ address }: FailureContext, said: string): Facts {
  return {
    code: 'GIT_FAILED',
    reason: 'GitFailed',
    message: `git could not read ${address.shown} ("${said}").`,
    hint: 'Try the same with `git ls-remote` by hand.',
    disposition: 'retry',
  };
}

/** For errors of the file system below our own data directory. */
export function dataDirectoryFailed(code: string): Facts {
  return {
    code: 'DATA_DIRECTORY_FAILED',
    reason: 'DataDirectoryFailed',
    message: `The data directory cannot be used (${code === 'ENOSPC' ? 'no space left' : code}).`,
    hint: 'Look at its disk (`df -h`) and at its rights: it has to belong to the controller.',
    disposition: 'retry',
  };
}
