// The faults of reading a tree: each says which path, what is wrong with it, and what to do.
import { treeTooLarge as folderTooLarge } from '../../core/tree-limits.ts';
import { type Fault, fault, isFault } from '../../model/errors.ts';

/** For paths that are absolute, climb out of the root, or cannot be a path at all. */
export function outsideTree(path: string): Fault {
  return stalled('OUTSIDE_TREE', 'OutsideTree', {
    message: `${shown(path)} leads out of the source's folder.`,
    hint: 'Use a relative path to a file below the root of the source.',
  });
}

export function fileMissing(path: string): Fault {
  return stalled('FILE_MISSING', 'FileMissing', {
    message: `${shown(path)} does not exist.`,
    hint: 'Add the file, or correct the path.',
  });
}

/** For links, pipes, devices, sockets and folders: `what` names it with its article. */
export function notARegularFile(path: string, what: string): Fault {
  return stalled('NOT_A_REGULAR_FILE', 'NotARegularFile', {
    message: `${shown(path)} is ${what}, and only regular files are read.`,
    hint: what.includes('link') ? 'Put the file itself there: links are not followed.' : 'Put a file there.',
  });
}

export function fileTooLarge(path: string, maxBytes: number): Fault {
  return stalled('FILE_TOO_LARGE', 'FileTooLarge', {
    message: `${shown(path)} is larger than ${bytesInWords(maxBytes)}.`,
    hint: 'Make it smaller, or keep its content out of the source.',
  });
}

export function treeTooLarge(path: string, limit: string): Fault {
  return folderTooLarge({ folder: shown(path), limit });
}

export function notUtf8(path: string): Fault {
  return stalled('NOT_UTF8', 'NotUtf8', {
    message: `${shown(path)} is not UTF-8 text.`,
    hint: 'Save it as UTF-8.',
  });
}

/** A file that grows while it is read is half a file: the next look has all of it. */
export function stillWritten(path: string): Fault {
  return fault({
    code: 'FILE_STILL_WRITTEN',
    reason: 'FileStillWritten',
    message: `${shown(path)} is being written right now.`,
    disposition: 'retry',
  });
}

/** For everything else that the system answers; a file that vanished in between is missing. */
export function unreadable(path: string, error: unknown): Fault {
  const code = (error as NodeJS.ErrnoException).code ?? 'UNKNOWN';
  if (code === 'ENOENT') return fileMissing(path);
  if (code === 'ELOOP') return notARegularFile(path, 'a symbolic link');
  if (code === 'ENXIO') return notARegularFile(path, 'a socket');
  // Too many open files or memory gone is our trouble and passes; rights and broken disks need a person.
  const passes = code === 'EMFILE' || code === 'ENFILE' || code === 'ENOMEM' || code === 'EAGAIN';
  const why = code === 'EACCES' || code === 'EPERM' ? 'the controller has no right to' : code;
  return fault({
    code: 'FILE_UNREADABLE',
    reason: 'FileUnreadable',
    message: `${shown(path)} cannot be read: ${why}.`,
    hint: 'Look at the owner and the mode of the file and of the folders above it.',
    disposition: passes ? 'retry' : 'stalled',
    cause: error,
  });
}

export function fileChanged(path: string): Fault {
  return fault({
    code: 'FILE_CHANGED',
    reason: 'FileChanged',
    message: `${shown(path)} was changed by somebody else just now.`,
    hint: 'Look at what changed, then ask again.',
    disposition: 'conflict',
  });
}

/** For writing; faults that say already what they are go through. */
export function unwritable(path: string, error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException).code ?? 'UNKNOWN';
  if (isFault(error)) return error;
  const why = WRITE_WORDS[code] ?? code;
  return fault({
    code: 'FILE_UNWRITABLE',
    reason: 'FileUnwritable',
    message: `${shown(path)} cannot be written: ${why}.`,
    hint:
      code === 'ENOSPC' ? 'Free some space on the disk.' : 'Look at the owner and the mode of the folder.',
    disposition: code === 'EROFS' || code === 'EACCES' || code === 'EPERM' ? 'stalled' : 'retry',
    cause: error,
  });
}

const WRITE_WORDS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota is used up',
  EROFS: 'the disk is read-only',
  EACCES: 'the controller has no right to',
  EPERM: 'the controller has no right to',
  EISDIR: 'there is a folder of that name',
  ENOTEMPTY: 'there is a folder of that name',
};

function stalled(code: string, reason: string, words: { message: string; hint: string }): Fault {
  return fault({ code, reason, disposition: 'stalled', ...words });
}

function bytesInWords(bytes: number): string {
  return bytes >= 1024 * 1024 ? `${Math.floor(bytes / 1024 / 1024)} MiB` : `${Math.ceil(bytes / 1024)} KiB`;
}

/** Names may hold line breaks and terminal codes; a message is one line. */
function shown(path: string): string {
  const printable = path.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, '?');
  return printable.length > 200 ? `${printable.slice(0, 199)}…` : printable === '' ? '.' : printable;
}
