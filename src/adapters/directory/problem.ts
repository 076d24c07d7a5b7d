// Says why a directory could not be read, and that what runs is not touched by it.
import type { Problem } from '../../model/problem.ts';
import { maxEntries } from './folder.ts';

/** The problem of a source whose root failed with this error code. */
export function awayProblem(options: {
  source: string;
  directory: string;
  code: string;
  /** True when there is an earlier reading to go on with. */
  hasSnapshot: boolean;
}): Problem {
  const { source, directory, code, hasSnapshot } = options;
  const { message, hint } = explain(directory, code);
  return {
    severity: 'error',
    reason: 'SourceAway',
    message,
    effect: hasSnapshot
      ? `Everything of ${source} runs as it was last read, and is still healed.`
      : `Nothing of ${source} is known yet, so nothing of it is changed.`,
    hint,
    next: 'Looked at again in the next pass.',
    workload: null,
    source,
    file: null,
    line: null,
    column: null,
    path: null,
  };
}

function explain(directory: string, code: string): { message: string; hint: string } {
  if (code === 'ENOENT') {
    return {
      message: `The directory ${directory} is not there.`,
      hint: 'Make or mount it, or correct `directory` of the source.',
    };
  }
  if (code === 'EUNMOUNTED') {
    return {
      message: `The directory ${directory} is another one than before, and empty: it may be unmounted.`,
      hint: 'Mount it again; if it is meant to be empty, restart the controller.',
    };
  }
  if (code === 'ENOTDIR') {
    return {
      message: `${directory} is not a directory.`,
      hint: 'Name the folder with the manifests in `directory` of the source.',
    };
  }
  if (code === 'ETOOLARGE') {
    return {
      message: `The directory ${directory} has more than ${maxEntries} entries, so it is not read.`,
      hint: 'Name a folder that holds the manifests, or sort them into folders.',
    };
  }
  if (code === 'ETIMEDOUT') {
    return {
      message: `The directory ${directory} does not answer: the mount below it may be dead.`,
      hint: 'Look at the server of the mount, or unmount it by force: `umount -f`.',
    };
  }
  const why = code === 'EACCES' || code === 'EPERM' ? 'permission denied' : code;
  return {
    message: `The directory ${directory} cannot be read (${why}).`,
    hint: 'Give the controller the right to read it, and check that the disk is well.',
  };
}
