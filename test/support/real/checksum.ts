// Checksums over what a folder or a named volume holds: the same before and after, or data was lost.
import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RealController } from './controller.ts';

/** Of the files right in it, by name. */
export async function checksum(directory: string): Promise<string> {
  const whole = createHash('sha256');
  for (const file of (await readdir(directory)).sort())
    whole.update(`${file}\0`).update(await readFile(join(directory, file)));
  return whole.digest('hex');
}

export async function volumeChecksum(rig: RealController, volume: string): Promise<string> {
  return checksum(await volumeFolder(rig, volume));
}

/** Something to lose. */
export async function fillVolume(rig: RealController, volume: string): Promise<void> {
  const directory = await volumeFolder(rig, volume);
  await writeFile(join(directory, 'precious'), 'precious '.repeat(10_000));
  await writeFile(join(directory, 'numbers'), Array.from({ length: 5_000 }, (_, index) => index).join('\n'));
}

/** Where its files are: the engine runs on this machine. */
export async function volumeFolder(rig: RealController, volume: string): Promise<string> {
  const { Mountpoint } = (await rig.docker('GET', `/volumes/${volume}`)) as { Mountpoint: string };
  return Mountpoint;
}
