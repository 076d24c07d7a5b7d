// Reads the tar streams that a fake engine is given.
import { Readable } from 'node:stream';
import { extract, pack } from 'tar-stream';

/** Regular files by their path in the container. */
export async function readTar(
  archive: NodeJS.ReadableStream,
  into: string,
): Promise<Map<string, { content: string; mode: number }>> {
  const files = new Map<string, { content: string; mode: number }>();
  const reader = extract();
  archive.on('error', (error) => reader.destroy(error));
  archive.pipe(reader);
  for await (const entry of reader) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    if (entry.header.type !== 'file') continue;
    const path = `${into.replace(/\/$/, '')}/${entry.header.name.replace(/^\.?\//, '')}`;
    files.set(path, { content: Buffer.concat(chunks).toString(), mode: entry.header.mode ?? 0 });
  }
  return files;
}

/** The files below a folder, under its name, as an engine packs them; null where there are none. */
export function packFiles(
  files: ReadonlyMap<string, { content: string; mode: number }>,
  folder: string,
): NodeJS.ReadableStream | null {
  const below = [...files].filter(([path]) => path === folder || path.startsWith(`${folder}/`));
  if (below.length === 0) return null;
  const tar = pack();
  const parent = folder.slice(0, folder.lastIndexOf('/') + 1);
  for (const [path, { content, mode }] of below)
    tar.entry({ name: path.slice(parent.length), mode }, content);
  tar.finalize();
  return Readable.from(tar);
}
