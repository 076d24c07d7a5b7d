// What can be wrong with an archive, as faults: where it comes from, what it is, and what is in it.
import { type Disposition, type Fault, fault } from '../../model/errors.ts';

/** A wrong archive costs a whole fetch to look at again. */
const LOOK_AGAIN_MS = 600_000;

const KINDS = {
  ArchiveAway: {
    code: 'ARCHIVE_AWAY',
    disposition: 'retry',
    hint: 'Look at the host; it is asked again by itself.',
  },
  ArchiveWrong: {
    code: 'ARCHIVE_WRONG',
    disposition: 'stalled',
    hint: 'Write the sha256 of the file that is meant; `sha256sum FILE` shows it.',
  },
  ArchiveRefused: {
    code: 'ARCHIVE_REFUSED',
    disposition: 'stalled',
    hint: 'Pack it anew, with files and folders alone.',
  },
  ArchiveTooLarge: { code: 'ARCHIVE_TOO_LARGE', disposition: 'stalled', hint: 'Pack less into it.' },
  AddressRefused: {
    code: 'ADDRESS_REFUSED',
    disposition: 'stalled',
    hint: 'Name an address of https:// that leads to the file without detours.',
  },
} satisfies Record<string, { code: string; disposition: Disposition; hint: string }>;

export function archiveFault(reason: keyof typeof KINDS, message: string, cause?: unknown): Fault {
  const { code, disposition, hint } = KINDS[reason];
  const retryAfterMs = disposition === 'stalled' ? LOOK_AGAIN_MS : undefined;
  return fault({ code, reason, message, hint, disposition, cause, retryAfterMs });
}
