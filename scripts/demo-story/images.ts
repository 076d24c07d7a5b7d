// The demo's images: made here and loaded without a pull; where the machine has no parts for that, made from pulled ones.
import { loadImages } from '../local-images/load.ts';
import { shellImage, siteImage } from '../local-images/plain-images.ts';
import { webImage } from '../local-images/web-image.ts';
import { bring } from './find-engine.ts';
import { buildFromPulled } from './pulled-images.ts';
import type { Talk } from './talk.ts';

/** All images of the demo begin so, and whatever begins so is the demo's. */
export const imagePrefix = 'tinyforge-demo/';

/** Names without tags, as the manifests have them. */
export const demoImages = {
  /** v1 and v2 answer their version on port 8080; `broken` never becomes healthy. */
  web: `${imagePrefix}web`,
  /** A static web server for sites. */
  site: `${imagePrefix}site:1`,
  /** busybox. */
  shell: `${imagePrefix}shell:1`,
} as const;

export const goodTags = ['v1', 'v2'] as const;
export const brokenTag = 'broken';

/** Half a second, and next to nothing when the engine has them. */
export async function makeImages(socketPath: string, talk: Talk): Promise<void> {
  const trouble = await bring(['busybox', 'nginx']);
  if (trouble !== undefined) {
    talk.say(
      'This machine has no Debian packages to make the images from, so nginx:stable-alpine is pulled from Docker Hub. This takes a moment.',
    );
    await buildFromPulled(socketPath);
    return;
  }
  await loadImages(
    socketPath,
    await Promise.all([
      shellImage(demoImages.shell),
      siteImage(demoImages.site),
      ...goodTags.map((tag) => webImage({ reference: `${demoImages.web}:${tag}` })),
      webImage({ reference: `${demoImages.web}:${brokenTag}`, behaviour: 'never-healthy' }),
    ]),
  );
}
