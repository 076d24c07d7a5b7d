// Loads local images into an engine, and pushes one to a registry on loopback.
import { callEngine } from './engine-call.ts';
import { imageArchive, type LocalImage } from './image.ts';

/** Loads all images in one call; those that the engine has already cost next to nothing. Throws the engine's message. */
export async function loadImages(socketPath: string, images: readonly LocalImage[]): Promise<void> {
  const { status, text } = await callEngine({
    socketPath,
    method: 'POST',
    path: '/images/load?quiet=1',
    body: await imageArchive(images),
    timeoutMs: 120_000,
  });
  throwStreamError('loading images', status, text);
}

/** Tags and pushes an image; answers with the digest that the registry gave it. */
export async function pushImage(options: {
  readonly socketPath: string;
  readonly reference: string;
  /** `host:port/name:tag` */
  readonly target: string;
  readonly credentials?: { readonly username: string; readonly password: string };
}): Promise<string> {
  const { socketPath, reference, target, credentials } = options;
  const colon = target.lastIndexOf(':');
  const [repository, tag] = [target.slice(0, colon), target.slice(colon + 1)];
  const query = `repo=${encodeURIComponent(repository)}&tag=${encodeURIComponent(tag)}`;
  const tagged = await callEngine({ socketPath, method: 'POST', path: `/images/${reference}/tag?${query}` });
  throwStreamError(`tagging ${reference}`, tagged.status, tagged.text);
  const pushed = await callEngine({
    socketPath,
    method: 'POST',
    path: `/images/${repository}/push?tag=${encodeURIComponent(tag)}`,
    headers: { 'x-registry-auth': Buffer.from(JSON.stringify(credentials ?? {})).toString('base64url') },
    timeoutMs: 120_000,
  });
  throwStreamError(`pushing ${target}`, pushed.status, pushed.text);
  const digest = /"Digest":"(sha256:[0-9a-f]{64})"/.exec(pushed.text)?.[1];
  if (digest === undefined) throw new Error(`pushing ${target}: the engine named no digest:\n${pushed.text}`);
  return digest;
}

/** These calls answer 200 and then fail in the middle: the error is a line of the stream. */
export function throwStreamError(doing: string, status: number, text: string): void {
  const error = /"error":"((?:[^"\\]|\\.)*)"/.exec(text)?.[1];
  if (status >= 400 || error !== undefined) throw new Error(`${doing}: ${error ?? text.trim()}`);
}
