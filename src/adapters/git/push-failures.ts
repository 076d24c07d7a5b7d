// Tells a push that somebody else was faster at from one that is not allowed.
import { printable } from '../../core/source-file.ts';
import { type Fault, fault } from '../../model/errors.ts';
import { gitFault } from './failures.ts';
import { isGitFailure } from './git-client.ts';
import type { FailureContext } from './sentences.ts';

/** The branch moved between our look and our push. */
export function isPushRace(error: unknown): boolean {
  const signs =
    /\[rejected\].*\((?:fetch first|non-fast-forward|stale info|already exists)\)|\[remote rejected\].*\((?:cannot lock ref|failed to update ref|incorrect old value|reference already exists|failed to lock|fetch first|non-fast-forward)/;
  return isGitFailure(error) && signs.test(error.stderr);
}

/** Faults SourceReadOnly, PushDeclined, and those of `gitFault`. */
export function pushFault(error: unknown, context: FailureContext): Fault {
  if (!isGitFailure(error)) return gitFault(error, context);
  const { host } = context.address;
  if (READ_ONLY.test(error.stderr)) {
    return fault({
      code: 'SOURCE_READ_ONLY',
      reason: 'SourceReadOnly',
      message: `${host} does not let this source's credential write.`,
      hint: 'Commit the patch yourself, give the credential the right to push, or set `write_back: off`.',
      disposition: 'stalled',
    });
  }
  const declined = /\[remote rejected\].*?\(([^)]*)\)/.exec(error.stderr)?.[1];
  const said = /^remote: (?:error: |fatal: )?(\S.*?)\s*$/m.exec(error.stderr)?.[1] ?? declined;
  if (declined === undefined) return gitFault(error, context);
  return fault({
    code: 'PUSH_DECLINED',
    reason: 'PushDeclined',
    message: `${host} took no commit on this branch ("${cut(context.redact(said ?? declined))}").`,
    hint: 'Commit the patch as that host wants it, or set `write_back: branch` and merge.',
    disposition: 'stalled',
  });
}

const READ_ONLY =
  /read[- ]only|not allowed to push|Write access to repository not granted|insufficient permission|unable to create temporary object directory|unpacker error|service not enabled|error: 403|Permission to .* denied|DENIED by/i;

function cut(text: string): string {
  const plain = printable(text);
  return plain.length > 90 ? `${plain.slice(0, 89)}…` : plain;
}
