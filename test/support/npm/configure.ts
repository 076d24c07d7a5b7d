// How a host's file reaches nginx: test, write, test again, tell the row, and reload; unlocked, so that writes at the same time harm each other as they do in the real one.
import { internalError } from './answers.ts';
import type { References, RenderPlace } from './render-host.ts';
import type { Row, Table, World } from './world.ts';

export interface Configurable {
  readonly table: Table;
  /** Its folder below `nginx/`. */
  readonly folder: string;
  readonly render: (host: Row, references: References, place: RenderPlace) => string;
}

/**
 * Writes the host's file and puts the outcome into its meta. Throws a 500 when nginx's configuration was broken before:
 * the row is written by then. A file that nginx refuses is taken away again.
 */
export async function configure(
  world: World,
  options: { kind: Configurable; host: Row; references: References },
): Promise<void> {
  const { kind, host, references } = options;
  const { nginx } = world;
  const file = hostFile(kind, host);
  const before = await nginx.test();
  if (before !== null) throw internalError(world.quirks);
  await nginx.remove(file);
  await nginx.write(file, kind.render(host, references, nginx));
  const possible = kind.folder !== 'stream' || nginx.streams;
  const complaint = possible ? await nginx.test() : 'Not possible here: this nginx has no stream module.';
  const meta = { ...(host.meta as object), nginx_online: complaint === null, nginx_err: complaint };
  // The real one patches the row without touching its time.
  host.meta = meta;
  if (complaint !== null) await nginx.remove(file);
  await reload(world);
}

/** Takes the host's file away and reloads. */
export async function unconfigure(world: World, kind: Configurable, host: Row): Promise<void> {
  await world.nginx.remove(hostFile(kind, host));
  await reload(world);
}

/** Reloads if the configuration is good, else throws a 500. */
export async function reload(world: World): Promise<void> {
  if ((await world.nginx.test()) !== null) throw internalError(world.quirks);
  world.nginx.reloads.order();
}

function hostFile(kind: Configurable, host: Row): string {
  return `nginx/${kind.folder}/${host.id}.conf`;
}
