// The image that a manifest names, taken apart, or why it is none.
import { type Parsed, right, wrong } from './compose-values.ts';
import { readImageReference } from './image-reference.ts';

/** As written, without tag and digest: the engine's short names stay short. */
export interface NamedImage {
  repository: string;
  tag: string | null;
  digest: string | null;
}

/** The longest that registries take, and room to spare. */
const LONGEST = 512;

export function namedImage(image: string): Parsed<NamedImage> {
  const read = image.length > LONGEST ? TOO_LONG : readImageReference(image);
  if (!read.ok) {
    return wrong(
      'BadFormat',
      `The image cannot be read: ${read.why.slice(0, 110)}.`,
      'for example `image: ghcr.io/acme/shop`',
    );
  }
  const { tag, digest } = read.reference;
  const end = image.length - (digest === null ? 0 : digest.length + 1) - (tag === null ? 0 : tag.length + 1);
  return right({ repository: image.slice(0, end), tag, digest });
}

const TOO_LONG = { ok: false, why: `its name has more than ${LONGEST} characters` } as const;
