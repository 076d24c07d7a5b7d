// Paths that manifests write: relative to the manifest's file, never out of the source.
import { type Parsed, right, wrong } from './compose-values.ts';

/** Folder of a file, '' for the root. Both with forward slashes, from the source's root. */
export function folderOf(file: string): string {
  const slash = file.lastIndexOf('/');
  return slash < 0 ? '' : file.slice(0, slash);
}

/** From the source's root, without `.` and `..`; '' is the root itself. */
export function sourcePath(written: string, folder: string): Parsed<string> {
  if (written.startsWith('/') || written.startsWith('~') || written.includes('://')) {
    return wrong('BadPath', 'A path here is relative to this file.', 'for example `./compose.yaml`');
  }
  const steps = folder === '' ? [] : folder.split('/');
  for (const step of written.split('/')) {
    if (step === '' || step === '.') continue;
    if (step !== '..') steps.push(step);
    else if (steps.pop() === undefined) {
      return wrong('OutsideSource', 'This path leads out of the source.', 'move the file into the source');
    }
  }
  return right(steps.join('/'));
}
