// Translates what git and ssh say into faults, by the causes that a person can do something about.
import { printable } from '../../core/source-file.ts';
import { type Fault, fault, isFault } from '../../model/errors.ts';
import { type GitFailure, isGitFailure } from './git-client.ts';
import {
  away,
  brokenObjects,
  dataDirectoryFailed,
  denied,
  type Facts,
  type FailureContext,
  gitMissing,
  hostKeyChanged,
  hostKeyUnknown,
  moved,
  repositoryMissing,
  unknown,
} from './sentences.ts';

type Rule = readonly [pattern: RegExp, facts: (context: FailureContext, said: string) => Facts];

/** The fault for whatever a git call threw. Nothing of git's own error goes further up. */
export function gitFault(error: unknown, context: FailureContext): Fault {
  if (isFault(error)) return error;
  if (!isGitFailure(error)) {
    const { code, message } = error as NodeJS.ErrnoException;
    // Without a code it is a mistake of ours; it must stall this source, and not the process.
    if (typeof code !== 'string') return fault({ ...unknown(context, cut(message, context)), cause: error });
    return fault({ ...dataDirectoryFailed(code), cause: error });
  }
  const said = quote(error, context);
  if (error.exitCode === -2) return fault(gitMissing());
  if (error.timedOut) return fault(away(context, 'no answer in time'));
  const rule = RULES.find(([pattern]) => pattern.test(error.stderr));
  return fault(rule === undefined ? unknown(context, said) : rule[1](context, said));
}

/** True where a server does not give a commit by its id alone. */
export function isUnadvertised(error: unknown): boolean {
  return isGitFailure(error) && /not our ref|unadvertised object|does not allow request/.test(error.stderr);
}

/** True where the name that was asked for is not there (any more). */
export function isRefGone(error: unknown): boolean {
  return isGitFailure(error) && /couldn't find remote ref/.test(error.stderr);
}

/** True where a local call failed for the repository's own sake, such as objects that a power failure took. */
export function isDamaged(error: unknown): boolean {
  return isGitFailure(error) && !error.timedOut && (error.exitCode > 0 || error.exitCode === -1);
}

/** True where our own repository is what cannot be read or written: cut objects, locks of killed children. */
export function isLocalDamage(error: unknown): boolean {
  const signs =
    /not a git repository: '|object file .* is empty|is corrupt|bad object refs\/|cannot lock ref|Unable to create '.*\.lock'|index file .* too small|packfile .* (?:cannot|too short)|shallow file|all necessary objects|bad config/;
  return isGitFailure(error) && signs.test(error.stderr);
}

// In order: ssh says "Could not read from remote repository" after each of its own reasons.
const RULES: readonly Rule[] = [
  [/No space left on device/, () => dataDirectoryFailed('ENOSPC')],
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

/** The line of git or ssh that says most, without anything a terminal would obey. */
function quote(error: GitFailure, context: FailureContext): string {
  const lines = error.stderr.split(/[\r\n]+/).map((line) => printable(line).trim());
  const telling = lines.find((line) => /^(?:fatal|error|remote|ERROR|ssh|.*denied)/.test(line));
  const line = telling ?? lines.find((one) => one !== '') ?? `exit ${error.exitCode}`;
  return cut(line.replace(/^(?:fatal|error|remote): /i, ''), context);
}

/** Redacted before it is cut: half a secret is one too. */
function cut(text: string, { redact }: FailureContext): string {
  const plain = printable(redact(text));
  return plain.length > 70 ? `${plain.slice(0, 69)}…` : plain;
}
