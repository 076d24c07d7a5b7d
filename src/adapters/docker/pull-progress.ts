// Adds up what an engine tells about the layers of an image while it pulls.
import type { PullProgress } from '../../ports/container-runtime.ts';

/** One line of the stream of `POST /images/create`. */
export interface PullLine {
  status?: string;
  /** Of the layer; the first lines have the tag here, the last have none. */
  id?: string;
  progressDetail?: { current?: number; total?: number };
  error?: string;
  errorDetail?: { message?: string };
}

const LAYER_BEGINS = new Set(['Pulling fs layer', 'Already exists', 'Waiting', 'Downloading']);
const LAYER_ENDS = new Set(['Pull complete', 'Already exists']);

export interface PullCounter {
  /** True when the sums changed. */
  take(line: PullLine): boolean;
  now(): PullProgress;
}

export function createPullProgress(): PullCounter {
  const layers = new Map<string, { done: boolean; current: number; total: number }>();

  return {
    take({ id, status, progressDetail }) {
      if (id === undefined || status === undefined) return false;
      const before = layers.get(id);
      if (before === undefined && !LAYER_BEGINS.has(status)) return false;
      const layer = before ?? { done: false, current: 0, total: 0 };
      layers.set(id, layer);
      // Extracting counts anew from zero: bytes are those of the download, and never go back.
      if (status === 'Downloading') {
        layer.current = Math.max(layer.current, progressDetail?.current ?? 0);
        layer.total = Math.max(layer.total, progressDetail?.total ?? 0);
      }
      if (status === 'Download complete' || LAYER_ENDS.has(status)) layer.current = layer.total;
      layer.done ||= LAYER_ENDS.has(status);
      return true;
    },
    now() {
      const all = [...layers.values()];
      return {
        layersDone: all.filter(({ done }) => done).length,
        layers: all.length,
        bytesDone: all.reduce((sum, { current }) => sum + current, 0),
        bytes: all.reduce((sum, { total }) => sum + total, 0),
      };
    },
  };
}
