// Removes from the engine what carries the demo's controller label, and the demo's images. Nothing else is asked for.
import { LABEL } from '../../src/model/labels.ts';
import { callEngine } from '../local-images/engine-call.ts';
import { imagePrefix } from './images.ts';

interface Listed {
  readonly Id?: string;
  readonly Name?: string;
  readonly RepoTags?: readonly string[] | null;
}

export interface Cleared {
  readonly containers: number;
  readonly networks: number;
  readonly volumes: number;
  readonly images: number;
}

/** Containers first: networks, volumes and images are held by them. Throws with the engine's words when one stays. */
export async function clearEngine(socketPath: string, controller: string): Promise<Cleared> {
  const ours = encodeURIComponent(JSON.stringify({ label: [`${LABEL.controller}=${controller}`] }));
  const list = async (path: string): Promise<unknown> => {
    const { status, text } = await callEngine({ socketPath, method: 'GET', path });
    if (status >= 400) throw new Error(`The engine did not list ${path}: ${text.trim()}`);
    return JSON.parse(text);
  };
  const remove = async (path: string) => {
    const { status, text } = await callEngine({ socketPath, method: 'DELETE', path });
    // Gone already is what was wanted.
    if (status >= 400 && status !== 404) throw new Error(`The engine did not remove ${path}: ${text.trim()}`);
  };
  const containers = (await list(`/containers/json?all=1&filters=${ours}`)) as readonly Listed[];
  await Promise.all(containers.map(({ Id }) => remove(`/containers/${Id}?force=1&v=1`)));
  const networks = (await list(`/networks?filters=${ours}`)) as readonly Listed[];
  await Promise.all(networks.map(({ Id }) => remove(`/networks/${Id}`)));
  const { Volumes } = (await list(`/volumes?filters=${ours}`)) as {
    readonly Volumes: readonly Listed[] | null;
  };
  const volumes = Volumes ?? [];
  await Promise.all(volumes.map(({ Name = '' }) => remove(`/volumes/${encodeURIComponent(Name)}`)));
  const byName = encodeURIComponent(JSON.stringify({ reference: [`${imagePrefix}*`] }));
  const images = (await list(`/images/json?filters=${byName}`)) as readonly Listed[];
  const tags = images.flatMap(({ RepoTags }) => RepoTags ?? []).filter((tag) => tag.startsWith(imagePrefix));
  for (const tag of tags) await remove(`/images/${tag}`);
  return {
    containers: containers.length,
    networks: networks.length,
    volumes: volumes.length,
    images: tags.length,
  };
}
