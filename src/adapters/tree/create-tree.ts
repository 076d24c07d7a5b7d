// Makes the Tree: reading below a root that somebody else may write to.
import { createReadStream } from 'node:fs';
import type { Tree } from '../../ports/tree.ts';
import { listFiles } from './list-files.ts';
import { look } from './look.ts';
import { openFile, readBytes, readUtf8 } from './read-file.ts';
import { notARegularFile } from './tree-faults.ts';

/**
 * Calls of the file system are synchronous within: these files are few, small and local, and a pass that finds
 * nothing to do looks at a thousand of them in a few milliseconds, where a thread pool would take a hundred.
 */
export function createTree(): Tree {
  return {
    readText: async ({ root, path, maxBytes }) => readUtf8(root, path, maxBytes),
    readBytes: async ({ root, path, maxBytes }) => readBytes(root, path, maxBytes),
    look: async ({ root, path }) => look(root, path),
    async stamp({ root, path }) {
      const { type, stamp } = look(root, path);
      if (type === 'directory') throw notARegularFile(path, 'a folder');
      return type === 'missing' ? null : stamp;
    },
    list: async (options) => listFiles(options),
    async open({ root, path }) {
      const { descriptor } = openFile(root, path);
      return createReadStream('', { fd: descriptor, autoClose: true });
    },
  };
}
