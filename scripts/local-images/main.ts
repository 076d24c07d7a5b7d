// The command line that loads local images into an engine: web versions, a shell and a web server for sites.
import { parseArgs } from 'node:util';
import type { LocalImage } from './image.ts';
import { loadImages } from './load.ts';
import { shellImage, siteImage } from './plain-images.ts';
import { type WebBehaviour, webImage } from './web-image.ts';

const usage = `Usage: node scripts/local-images/main.ts --socket PATH IMAGE...
  shell=NAME:TAG                a shell (busybox)
  site=NAME:TAG                 nginx, as the official image is
  web=NAME:TAG                  a web application that answers its tag
  web:BEHAVIOUR=NAME:TAG        the same, bad in one way: never-healthy, exits, ignores-term, slow-start, turns-unhealthy, fails-behind-proxy
`;

const behaviours: readonly WebBehaviour[] = [
  'healthy',
  'never-healthy',
  'exits',
  'ignores-term',
  'slow-start',
  'turns-unhealthy',
  'fails-behind-proxy',
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { socket: { type: 'string' } },
});
if (values.socket === undefined || positionals.length === 0) {
  process.stderr.write(usage);
  process.exitCode = 2;
} else {
  await loadImages(values.socket, await Promise.all(positionals.map(imageFor)));
}

async function imageFor(wish: string): Promise<LocalImage> {
  const equals = wish.indexOf('=');
  const [what, reference] = [wish.slice(0, equals), wish.slice(equals + 1)];
  if (what === 'shell') return shellImage(reference);
  if (what === 'site') return siteImage(reference);
  const behaviour = behaviours.find(
    (known) => what === `web:${known}` || (what === 'web' && known === 'healthy'),
  );
  if (behaviour === undefined) throw new Error(`"${wish}" is no image that can be made.\n${usage}`);
  return webImage({ reference, behaviour });
}
