// Packs what a container is filled with before its start.
import type { ContainerSpec } from '../model/container-spec.ts';

export interface Archiver {
  /**
   * A tar stream to be unpacked at `/`: injected files (secrets put in already), then the trees of a site.
   * The same release gives the same bytes. Links and devices in a tree end the stream with a fault.
   */
  pack(contents: Pick<ContainerSpec, 'files' | 'trees'>): NodeJS.ReadableStream;
}
