// Reads the tar streams that a fake engine is given.
import { extract } from 'tar-stream';

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
