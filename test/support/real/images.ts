// The images that tests run, made here and loaded without a pull: good and bad versions of a web application, a shell, a web server.

import { loadImages, pushImage } from '../../../scripts/local-images/load.ts';
import { shellImage, siteImage } from '../../../scripts/local-images/plain-images.ts';
import {
  type WebBehaviour,
  type WebImageOptions,
  webImage,
} from '../../../scripts/local-images/web-image.ts';
import type { TestEngine } from './engine.ts';

export { type WebImageOptions, webImage } from '../../../scripts/local-images/web-image.ts';

/** The references of the images that every engine of a test run has after `loadTestImages`. */
export const testImages = {
  /** busybox with its applets; waits until it is stopped, or runs the command it is given. */
  shell: 'tinyforge-test/shell:1',
  /** nginx on port 80 with the contract of the official image. */
  site: 'tinyforge-test/site:1',
  /** Port 8080: `/` answers the tag, `/healthz` answers 200. */
  web1: 'tinyforge-test/web:v1',
  web2: 'tinyforge-test/web:v2',
  web3: 'tinyforge-test/web:v3',
  /** The same, each bad in one way; see WebBehaviour. */
  neverHealthy: 'tinyforge-test/web:never-healthy',
  exits: 'tinyforge-test/web:exits',
  ignoresTerm: 'tinyforge-test/web:ignores-term',
  slowStart: 'tinyforge-test/web:slow-start',
  turnsUnhealthy: 'tinyforge-test/web:turns-unhealthy',
  failsBehindProxy: 'tinyforge-test/web:fails-behind-proxy',
  /** With a health check of the image's own, once a second. */
  checked1: 'tinyforge-test/web-checked:v1',
  checked2: 'tinyforge-test/web-checked:v2',
  checkedNeverHealthy: 'tinyforge-test/web-checked:never-healthy',
} as const;

const behaviours: Readonly<Record<string, WebBehaviour>> = {
  [testImages.neverHealthy]: 'never-healthy',
  [testImages.exits]: 'exits',
  [testImages.ignoresTerm]: 'ignores-term',
  [testImages.slowStart]: 'slow-start',
  [testImages.turnsUnhealthy]: 'turns-unhealthy',
  [testImages.failsBehindProxy]: 'fails-behind-proxy',
  [testImages.checkedNeverHealthy]: 'never-healthy',
};

/** Makes and loads all of them in one call: half a second, and next to nothing when the engine has them. */
export async function loadTestImages(engine: Pick<TestEngine, 'socketPath'>): Promise<void> {
  const webs = Object.values(testImages).filter((reference) => /\/web(-checked)?:/.test(reference));
  const images = await Promise.all([
    shellImage(testImages.shell),
    siteImage(testImages.site),
    ...webs.map((reference) => webImage(webOptions(reference))),
  ]);
  await loadImages(engine.socketPath, images);
}

function webOptions(reference: string): WebImageOptions {
  return {
    reference,
    behaviour: behaviours[reference] ?? 'healthy',
    healthcheck: reference.includes('web-checked') ? 'image' : 'none',
  };
}

/** Makes and loads one more version, for tests that need a tag or a behaviour of their own. */
export async function loadWebImage(
  engine: Pick<TestEngine, 'socketPath'>,
  options: WebImageOptions,
): Promise<void> {
  await loadImages(engine.socketPath, [await webImage(options)]);
}

/** Pushes a loaded image to a registry and answers with the digest that the registry gave it. */
export function pushTestImage(
  engine: Pick<TestEngine, 'socketPath'>,
  options: {
    readonly reference: string;
    /** `host:port/name:tag` */
    readonly target: string;
    readonly credentials?: { readonly username: string; readonly password: string };
  },
): Promise<string> {
  return pushImage({ socketPath: engine.socketPath, ...options });
}
