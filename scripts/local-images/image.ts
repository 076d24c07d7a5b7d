// A local image as a value, and the archive of several that an engine loads in one call, without any pull.
import { createHash } from 'node:crypto';
import { type Layer, type LayerEntry, tarOf } from './layer.ts';

/** The part of an image's configuration that a container starts from, in the engine's own words. */
export interface ImageSettings {
  readonly Cmd?: readonly string[];
  readonly Entrypoint?: readonly string[];
  readonly Env?: readonly string[];
  readonly ExposedPorts?: Readonly<Record<string, Readonly<Record<string, never>>>>;
  readonly Healthcheck?: {
    readonly Test: readonly string[];
    /** Nanoseconds, as the engine counts them. */
    readonly Interval: number;
    readonly Timeout: number;
    readonly Retries: number;
  };
  readonly Labels?: Readonly<Record<string, string>>;
  readonly StopSignal?: string;
  readonly WorkingDir?: string;
}

export interface LocalImage {
  /** `name:tag` */
  readonly reference: string;
  readonly layers: readonly Layer[];
  readonly settings: ImageSettings;
}

const architectures: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

/** The image's configuration file; its hash is the image's id. */
export function imageConfiguration(image: LocalImage): { readonly id: string; readonly text: string } {
  const text = JSON.stringify({
    architecture: architectures[process.arch] ?? process.arch,
    os: 'linux',
    created: '2024-01-01T00:00:00Z',
    config: image.settings,
    rootfs: { type: 'layers', diff_ids: image.layers.map((layer) => layer.diffId) },
    history: image.layers.map(() => ({ created: '2024-01-01T00:00:00Z', created_by: 'made locally' })),
  });
  return { id: `sha256:${createHash('sha256').update(text).digest('hex')}`, text };
}

/** An archive as `docker save` writes it. A layer that several images share is in it once. */
export async function imageArchive(images: readonly LocalImage[]): Promise<Buffer> {
  const layerPath = (layer: Layer) => `${layer.diffId.slice('sha256:'.length)}/layer.tar`;
  const configurationPath = (image: LocalImage) =>
    `${imageConfiguration(image).id.slice('sha256:'.length)}.json`;
  const layers = new Map(images.flatMap((image) => image.layers.map((layer) => [layerPath(layer), layer])));
  const manifest = images.map((image) => ({
    Config: configurationPath(image),
    RepoTags: [image.reference],
    Layers: image.layers.map(layerPath),
  }));
  const configurations = new Map(
    images.map((image) => [configurationPath(image), imageConfiguration(image).text]),
  );
  const entries: readonly LayerEntry[] = [
    ...[...layers].map(([path, layer]) => ({ type: 'file', path, content: layer.tar }) as const),
    ...[...configurations].map(([path, content]) => ({ type: 'file', path, content }) as const),
    { type: 'file', path: 'manifest.json', content: JSON.stringify(manifest) },
  ];
  return tarOf(entries);
}
