// Finds the Compose plugin, or brings it from Debian's packages.
import { findComposePlugin } from '../real-parts/machine.ts';
import { programPath } from '../real-parts/paths.ts';
import { bring } from './find-engine.ts';
import type { Talk } from './talk.ts';

/** The absolute path of the plugin's program. Throws with what to do where there is none and none can be brought. */
export async function findCompose(talk: Talk): Promise<string> {
  const plugin = findComposePlugin();
  if (plugin !== undefined) return plugin;
  talk.say(
    'There is no Compose plugin (version 2 or newer) on this machine; the demo brings one for itself.',
  );
  const trouble = await bring(['compose']);
  if (trouble !== undefined)
    throw new Error(`Compose could not be brought: install the Docker Compose plugin.\n${trouble}`);
  return programPath('docker-compose');
}
