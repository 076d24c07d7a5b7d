// The name of an image that we build: by its content, so that the same is never built twice.

import { canonicalJson } from '../canonical.ts';
import type { BuildWish } from './read-build.ts';

/** Beginning of the name of every image that we build. */
export const BUILT_PREFIX = 'tinyforge/';

/** What makes two images of one context different, as one text to be hashed. */
export function buildEssence(
  wish: Pick<BuildWish, 'args' | 'labels' | 'target' | 'network' | 'platform' | 'shmSizeBytes'>,
  /** `for`: images of two services are never one, so that neither goes with the other. */
  content: { for: string; context: string; dockerfile: string },
): string {
  const { args, labels, target, network, platform, shmSizeBytes } = wish;
  return canonicalJson({ version: 1, ...content, args, labels, target, network, platform, shmSizeBytes });
}

/** `tinyforge/immich-web:3fa9c1d2e4b5`. `hash` is hex. */
export function builtImage(named: { project: string; service: string; hash: string }): string {
  const { project, service, hash } = named;
  const slug = `${project}-${service}`
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
  return `${BUILT_PREFIX}${slug}:${hash.slice(0, 12)}`;
}
