// Translates what git and ssh say into faults, by the causes that a person can do something about.
import { printable } from '../../core/source-file.ts';
import { type Fault, type FaultFacts, fault, isFault } from '../../model/errors.ts';
import type { RemoteAddress } from './address.ts';
import { type GitFailure, isGitFailure } from './git-client.ts';

export interface FailureContext {
  address: RemoteAddress;
  ref: string;
  /** Name of the secret; null for none. */
  credential: string | null;
  redact(text: string): string;
}

type Facts = Omit<FaultFacts, 'cause'>;
type Rule = readonly [pattern: RegExp, facts: (context: FailureContext, said: string) => Facts];

/** The fault for whatever a git call threw. Nothing of git's own error goes further up. */
export function gitFault(error: unknown, context: FailureContext): Fault {
  if (isFault(error)) return error;
  if (!isGitFailure(error)) {
    return fault({ ...unknown(context, error instanceof Error ? error.message : 'no reason given') });
  }
  const said = quote(error, context);
  if (error.exitCode === -2) return fault(gitMissing());
  if (error.timedOut) return fault(away(context, 'no answer in time'));
  const rule = RULES.find(([pattern]) => pattern.test(error.stderr));
  return fault(rule === undefined ? unknown(context, said) : rule[1](context, said));
}

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

/** True where a server does not give a commit by its id alone. */
export function isUnadvertised(error: unknown): boolean {
  return isGitFailure(error) && /not our ref|unadvertised object|does not allow request/.test(error.stderr);
}

/** True where our own repository is what cannot be read or written: cut objects, locks of killed children. */
export function isLocalDamage(error: unknown): boolean {
  const signs =
    /not a git repository: '|object file .* is empty|is corrupt|bad object refs\/|cannot lock ref|Unable to create '.*\.lock'|index file .* too small|packfile .* (?:cannot|too short)|shallow file|all necessary objects|bad config/;
  return isGitFailure(error) && signs.test(error.stderr);
}

// In order: ssh says "Could not read from remote repository" after each of its own reasons.
const RULES: readonly Rule[] = [
  [/REMOTE HOST IDENTIFICATION HAS CHANGED/, (context) => hostKeyChanged(context)],
  [/Host key verification failed|No \S+ host key is known/, (context) => hostKeyUnknown(context)],
  [
    /Authentication failed|could not read (?:Username|Password)|terminal prompts disabled|Permission denied \(|error: 40[13]|Too many authentication failures|error in libcrypto|invalid format/,
    denied,
  ],
  [
    /error: 404|[Rr]epository not found|repository '.*' not found|does not appear to be a git repository|no such repository/,
    repositoryMissing,
  ],
  [/transport '.*' not allowed/, (context, said) => unknown(context, said)],
  [/dubious ownership/, (context, said) => unknown(context, said)],
  [/fsck error|fsckObjects|bad object|badTree|hasDotgit/i, (context, said) => brokenObjects(context, said)],
  [/unable to update url base from redirection|error: 30\d/, moved],
  [
    /Could not resolve host|Name or service not known|Temporary failure in name resolution|Could not resolve hostname/i,
    (context) => away(context, 'its name cannot be found'),
  ],
  [/[Cc]onnection refused|Failed to connect/, (context) => away(context, 'connection refused')],
  [/timed out|Operation too slow|Timeout/i, (context) => away(context, 'no answer in time')],
  [
    /certificate|SSL|TLS|GnuTLS/,
    (context, said) => away(context, `its certificate was not accepted: ${said}`),
  ],
  [
    /error: (?:429|5\d\d)|Connection (?:reset|closed)|unreachable|No route|early EOF|hung up|disconnect|Broken pipe|Empty reply|Could not read from remote/,
    (context, said) => away(context, said),
  ],
];

function away({ address }: FailureContext, why: string): Facts {
  return {
    code: 'GIT_AWAY',
    reason: 'GitAway',
    message: `${address.host} does not answer (${why}).`,
    hint: 'If it runs here, see `tinyforge status`; else check the network between here and there.',
    disposition: 'retry',
  };
}

function denied(context: FailureContext, said: string): Facts {
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

function hostKeyUnknown({ address }: FailureContext): Facts {
  return {
    code: 'GIT_HOST_UNKNOWN',
    reason: 'GitHostUnknown',
    message: `The host key of ${address.host} is not among the known hosts, so it may be anybody.`,
    hint: 'Compare its fingerprint with the one that its owner publishes, then add it to `known_hosts`.',
    disposition: 'retry',
  };
}

function hostKeyChanged({ address }: FailureContext): Facts {
  return {
    code: 'GIT_HOST_CHANGED',
    reason: 'GitHostChanged',
    message: `${address.host} shows another host key than the known one: it was renewed, or somebody is in between.`,
    hint: 'Ask its owner; if it was renewed, replace the line in `known_hosts`.',
    disposition: 'retry',
  };
}

function repositoryMissing({ address }: FailureContext, said: string): Facts {
  return {
    code: 'GIT_REPOSITORY_MISSING',
    reason: 'GitRepositoryMissing',
    message: `There is no repository at ${address.shown} ("${said}").`,
    hint: 'Check the address; many hosts also say so where a credential may not see it.',
    disposition: 'retry',
  };
}

function moved({ address }: FailureContext, said: string): Facts {
  return {
    code: 'GIT_MOVED',
    reason: 'GitMoved',
    message: `${address.shown} has moved, and redirects are not followed ("${said}").`,
    hint: 'Write the new address into `url`.',
    disposition: 'retry',
  };
}

function brokenObjects({ address }: FailureContext, said: string): Facts {
  return {
    code: 'GIT_OBJECTS_REFUSED',
    reason: 'GitObjectsRefused',
    message: `${address.host} sent objects that are broken or crafted ("${said}").`,
    hint: 'Run `git fsck --full` in that repository.',
    disposition: 'retry',
  };
}

function gitMissing(): Facts {
  return {
    code: 'GIT_MISSING',
    reason: 'GitMissing',
    message: 'The program git is not installed here.',
    hint: 'Install it: `apt-get install git`.',
    disposition: 'stalled',
  };
}

function unknown({ address }: FailureContext, said: string): Facts {
  return {
    code: 'GIT_FAILED',
    reason: 'GitFailed',
    message: `git could not read ${address.shown} ("${said}").`,
    hint: 'Try the same with `git ls-remote` by hand.',
    disposition: 'retry',
  };
}

/** The line of git or ssh that says most, redacted before it is cut, without anything a terminal would obey. */
function quote(error: GitFailure, { redact }: FailureContext): string {
  const lines = error.stderr.split(/[\r\n]+/).map((line) => printable(line).trim());
  const telling = lines.find((line) => /^(?:fatal|error|remote|ERROR|ssh|.*denied)/.test(line));
  const line = telling ?? lines.find((one) => one !== '') ?? `exit ${error.exitCode}`;
  const plain = redact(line).replace(/^(?:fatal|error|remote): /i, '');
  return plain.length > 70 ? `${plain.slice(0, 69)}…` : plain;
}
