// The Distribution registry: notifications of pushes, with a header that its configuration sends along.
import { createHash } from 'node:crypto';
import { at, parseJson, singleHeader, textLike, utf8 } from '../core/payload.ts';
import { isSameSecret } from '../core/same-secret.ts';
import type { Hint, RawRequest, Receiver } from '../ports/receiver.ts';

const MOST_EVENTS = 1_000;
const EVENT_ID = /^[\x21-\x7e]{1,128}$/;
const HOST = /^(?:[A-Za-z0-9.-]{1,255}|\[[0-9A-Fa-f:]{2,45}\])(?::\d{1,5})?$/;
const REPOSITORY = /^[a-z0-9][a-z0-9._/-]{0,254}$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^[a-z0-9]+:[0-9a-f]{32,128}$/;
/** Manifests and indexes of Docker and OCI. Layers and configurations are pushed as well and are not images. */
const IMAGE = /^application\/vnd\.(?:docker\.distribution\.manifest|oci\.image\.(?:manifest|index))\b/;

/**
 * The secret is what `Authorization` holds: the whole header, or behind `Bearer `. Bodies are not signed. Registry 2.x
 * sends events.v1+json, newer ones events.v2+json; the same envelope in both. It is sent again until it is answered
 * with success. Facts: distribution.github.io, "Work with notifications"; notifications/event.go.
 */
export const distribution: Receiver = {
  sender: 'distribution',

  verify(request, secret) {
    const header = singleHeader(request.headers, 'authorization');
    if (secret === '' || header === null) return false;
    // Both are compared always, so that the time does not tell which was nearer.
    const isWhole = isSameSecret(header, secret);
    const isBearer = isSameSecret(header, `Bearer ${secret}`);
    return isWhole || isBearer;
  },

  /** The event's own id; of several in one envelope, the hash of them all. */
  deliveryId(request) {
    const ids = eventsOf(request).map((event) => textLike(at(event, 'id'), EVENT_ID));
    const known = ids.filter((id) => id !== null);
    if (known.length === 0 || known.length !== ids.length) return null;
    return known.length === 1
      ? (known[0] ?? null)
      : createHash('sha256').update(known.join('\n')).digest('hex');
  },

  hints(request) {
    const hints = new Map<string, Hint>();
    for (const event of eventsOf(request)) {
      const hint = imageOf(event);
      // A push of many platforms names one tag many times.
      if (hint !== null) hints.set(`${hint.repository}:${hint.tag}`, hint);
    }
    if (hints.size > 0) return [...hints.values()];
    return [{ kind: 'ignored', why: 'no tag was pushed' }];
  },
};

function imageOf(event: unknown): Extract<Hint, { kind: 'image' }> | null {
  if (at(event, 'action') !== 'push') return null;
  if (textLike(at(event, 'target', 'mediaType'), IMAGE) === null) return null;
  const name = textLike(at(event, 'target', 'repository'), REPOSITORY);
  const tag = textLike(at(event, 'target', 'tag'), TAG);
  if (name === null || tag === null) return null;
  const host = textLike(at(event, 'request', 'host'), HOST);
  const repository = host === null ? name : `${host}/${name}`;
  return { kind: 'image', repository, tag, digest: textLike(at(event, 'target', 'digest'), DIGEST) };
}

function eventsOf({ body }: RawRequest): unknown[] {
  const events = at(parseJson(utf8(body)), 'events');
  return Array.isArray(events) ? events.slice(0, MOST_EVENTS) : [];
}
