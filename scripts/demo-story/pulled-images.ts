// Makes the demo's images from nginx:stable-alpine, for engines on machines where none can be made from packages.
import { askEngine, callEngine } from '../local-images/engine-call.ts';
import { tarOf } from '../local-images/layer.ts';
import { brokenTag, demoImages, goodTags } from './images.ts';

const base = 'nginx:stable-alpine';

/** Pulls the base (a tag that was not there before goes away again) and builds on it. Throws with the engine's words. */
export async function buildFromPulled(socketPath: string): Promise<void> {
  const had = (await callEngine({ socketPath, method: 'GET', path: `/images/${base}/json` })).status === 200;
  if (!had) await streamed(socketPath, `/images/create?fromImage=${base}`);
  for (const tag of goodTags) await build(socketPath, { tag: `${demoImages.web}:${tag}`, ...webFiles(tag) });
  await build(socketPath, { tag: `${demoImages.web}:${brokenTag}`, ...webFiles(brokenTag) });
  for (const tag of [demoImages.site, demoImages.shell])
    await build(socketPath, {
      tag,
      files: [],
      lines:
        tag === demoImages.shell ? [`CMD ["sh", "-c", "trap 'exit 0' TERM; sleep 2147483647 & wait"]`] : [],
    });
  if (!had) await askEngine({ socketPath, method: 'DELETE', path: `/images/${base}` });
}

interface Build {
  readonly tag: string;
  readonly files: readonly { readonly path: string; readonly content: string }[];
  readonly lines: readonly string[];
}

function webFiles(version: string): Pick<Build, 'files' | 'lines'> {
  const health = version === brokenTag ? '503 "the database is locked\\n"' : '200 "ok\\n"';
  const content = `server {
  listen 8080;
  location / { default_type text/plain; return 200 "${version}\\n"; }
  location = /healthz { default_type text/plain; return ${health}; }
}
`;
  return {
    files: [{ path: 'default.conf', content }],
    lines: ['COPY default.conf /etc/nginx/conf.d/default.conf'],
  };
}

async function build(socketPath: string, { tag, files, lines }: Build): Promise<void> {
  const context = await tarOf([
    { type: 'file', path: 'Dockerfile', content: [`FROM ${base}`, ...lines, ''].join('\n') },
    ...files.map((file) => ({ type: 'file', ...file }) as const),
  ]);
  await streamed(socketPath, `/build?t=${encodeURIComponent(tag)}&rm=1&forcerm=1`, context);
}

/** These calls answer 200 and then fail in the middle: the error is a line of the stream. */
async function streamed(socketPath: string, path: string, body?: Buffer): Promise<void> {
  const { status, text } = await callEngine({
    socketPath,
    method: 'POST',
    path,
    timeoutMs: 300_000,
    ...(body === undefined ? {} : { body }),
  });
  const error = /"error":"((?:[^"\\]|\\.)*)"/.exec(text)?.[1];
  if (status >= 400 || error !== undefined)
    throw new Error(`The engine could not make the images: ${error ?? text.trim()}`);
}
