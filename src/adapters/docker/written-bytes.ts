// How much of the disk a container has filled: by what the engine counts when it is asked to.
import type { Engine } from './engine.ts';

interface Sized {
  /** `SizeRw` is there with `size=true` alone: what is in the container's own layer. */
  SizeRw?: number;
}

interface Usage {
  /** `Size` is -1 where the driver of the volume does not tell. */
  Volumes?: { Name: string; UsageData?: { Size: number } | null }[] | null;
}

/** Of volumes the engine tells only of all at once. `type` is of API 1.42; an older one walks its images as well. */
export async function writtenBytes(
  engine: Engine,
  container: string,
  volumes: readonly string[],
): Promise<number | null> {
  const ms = engine.deadlines.sizeMs;
  const path = `/containers/${encodeURIComponent(container)}/json?size=true`;
  const sized = (await engine.jsonOrNull({ path, ms })) as Sized | null;
  if (sized?.SizeRw === undefined) return null;
  if (volumes.length === 0) return sized.SizeRw;
  const usage = (await engine.json({ path: '/system/df?type=volume', ms })) as Usage;
  const sizes = (usage.Volumes ?? []).filter(({ Name }) => volumes.includes(Name));
  return sizes.reduce((sum, { UsageData }) => sum + Math.max(0, UsageData?.Size ?? 0), sized.SizeRw);
}
