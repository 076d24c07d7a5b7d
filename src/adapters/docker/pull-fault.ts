// Why an image could not be pulled, in words: refused, not there, or the registry away.
import { type Fault, fault } from '../../model/errors.ts';
import type { Engine } from './engine.ts';
import { readImageName } from './image-name.ts';
import { quotable } from './refusal.ts';

const DENIED =
  /unauthorized|authentication required|no basic auth credentials|access denied|denied:|403 Forbidden|401 Unauthorized|incorrect username or password/i;
const ABSENT =
  /manifest unknown|manifest for \S+ not found|not found: |name unknown|repository name not known/i;
const LIMITED = /toomanyrequests|429 Too Many|rate limit/i;
const FULL = /no space left on device/i;

/** ImagePullDenied (stalled) where a password is the matter, else ImagePullFailed (retry). */
export function pullFault(
  engine: Engine,
  { image, message, error }: { image: string; message: string; error: unknown },
): Fault {
  const quote = quotable(message);
  const { repository, tag, digest } = readImageName(image);
  const registry = repository.split('/')[0] ?? repository;
  const version = digest === null ? `tag ${tag ?? 'latest'}` : `digest ${digest.slice(0, 19)}…`;
  if (DENIED.test(message)) {
    return fault({
      code: 'IMAGE_PULL_DENIED',
      reason: 'ImagePullDenied',
      message: `${registry} refused ${image} ("${quote}")`,
      hint: 'Check the name of the image. Of a private one, this version runs what the engine has: pull or load it there.',
      disposition: 'stalled',
      cause: error,
    });
  }
  const [what, hint] = ABSENT.test(message)
    ? [
        `${registry} has no ${version} of ${repository.slice(registry.length + 1)}`,
        'Check the tag in the manifest.',
      ]
    : LIMITED.test(message)
      ? [`${registry} limits how often it may be asked`, 'Log the engine in there, or use a mirror.']
      : FULL.test(message)
        ? [
            `engine ${engine.host} has no room for ${image}`,
            'Make room there; `docker system df` shows what takes it.',
          ]
        : [`engine ${engine.host} could not pull ${image}`, `See whether that machine reaches ${registry}.`];
  return fault({
    code: 'IMAGE_PULL_FAILED',
    reason: 'ImagePullFailed',
    message: `${what} ("${quote}")`,
    hint,
    disposition: 'retry',
    cause: error,
  });
}
