// Builds the product's own image on bases that are made here, with everybody else cut off: what CI does, and who has no registry.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildImage, tarOfFolders } from '../local-images/build.ts';
import { checkout } from '../real-parts/paths.ts';
import { bases, makeBases } from './bases.ts';

/** Answers with what the builder said. */
export async function makeProductImage(options: {
  readonly socketPath: string;
  /** `name:tag` */
  readonly reference: string;
}): Promise<string> {
  const { socketPath, reference } = options;
  await makeBases(socketPath);
  return buildImage({
    socketPath,
    reference,
    context: tarOfFolders([{ folder: checkout, entries: contextEntries() }]),
    buildArguments: { NODE_BASE: bases.toolchain, BASE: bases.system, PACKAGES: '', VERSION: 'test' },
    network: 'none',
    // A limit against hanging: a quiet machine takes half a minute.
    timeoutMs: 420_000,
  });
}

/** What a client would send: .dockerignore names what is taken, and refuses all else. */
export function contextEntries(): readonly string[] {
  const lines = readFileSync(join(checkout, '.dockerignore'), 'utf8').split('\n');
  return ['Dockerfile', ...lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1))];
}
