// Removes files and trees below a root in which workloads may write: links go, and what they lead to stays.
import { lstatSync, readdirSync, rmdirSync, rmSync, unlinkSync } from 'node:fs';
import { componentsOf } from './components.ts';
import { descend, type OpenDirectory } from './descend.ts';
import { fileMissing, notARegularFile, unwritable } from './tree-faults.ts';

/** A file, and the folders that become empty by it. Anything else of that name stays. */
export function removeFile(root: string, path: string): void {
  const components = componentsOf(path);
  const name = components.pop();
  if (name === undefined) throw notARegularFile(path, 'a folder');
  const directory = descendIfThere(root, components.join('/'));
  if (directory === null) return;
  try {
    const stats = lstatSync(directory.at(name), { throwIfNoEntry: false });
    if (stats?.isFile()) unlinkSync(directory.at(name));
  } catch (error) {
    throw unwritable(path, error);
  } finally {
    directory.close();
  }
  removeEmpty(root, components);
}

/** From the inside out, as long as they are empty; the root stays. */
function removeEmpty(root: string, components: readonly string[]): void {
  const name = components.at(-1);
  if (name === undefined) return;
  const above = components.slice(0, -1);
  const parent = descendIfThere(root, above.join('/'));
  if (parent === null) return;
  try {
    if (readdirSync(parent.at(name)).length > 0) return;
    rmdirSync(parent.at(name));
  } catch {
    // Not empty any more, or a mount: it stays, which is what is wanted of it.
    return;
  } finally {
    parent.close();
  }
  removeEmpty(root, above);
}

export function removeTree(root: string, path: string): void {
  const components = componentsOf(path);
  const name = components.pop();
  if (name === undefined) throw notARegularFile(path, 'a folder');
  const directory = descendIfThere(root, components.join('/'));
  if (directory === null) return;
  try {
    // rmSync removes links themselves and never what they lead to.
    rmSync(directory.at(name), { recursive: true, force: true });
  } catch (error) {
    throw unwritable(path, error);
  } finally {
    directory.close();
  }
}

function descendIfThere(root: string, path: string): OpenDirectory | null {
  try {
    return descend(root, path);
  } catch (error) {
    if ((error as { reason?: unknown }).reason === fileMissing(path).reason) return null;
    throw error;
  }
}
