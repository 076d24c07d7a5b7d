// GitHub: pushes and pings, signed with HMAC-SHA256 over the raw body.
import { at, mediaType, parseJson, singleHeader, textLike, utf8 } from '../core/payload.ts';
import { isHmacSha256 } from '../core/same-secret.ts';
import type { Hint, RawRequest, Receiver } from '../ports/receiver.ts';

const SIGNATURE = /^sha256=([0-9a-f]{64})$/;
const DELIVERY = /^[\x21-\x7e]{1,128}$/;
const REPOSITORY = /^[\w.-]{1,100}(?:\/[\w.-]{1,100}){1,20}$/;
const REF = /^refs\/[^\p{Cc}\p{Cs}\s]{1,250}$/u;
const COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
const ADDRESS = /^[^\p{Cc}\s]{1,500}$/u;
/** "No commit": the ref was deleted. */
const ZEROS = /^0+$/;

/**
 * Only X-Hub-Signature-256 counts; X-Hub-Signature is SHA-1. A form (`payload=…`) is signed as the form it is.
 * Facts: docs.github.com, "Validating webhook deliveries" and "Webhook events and payloads"; the same delivery id comes
 * again on redelivery.
 */
export const github: Receiver = {
  sender: 'github',

  verify(request, secret) {
    const header = singleHeader(request.headers, 'x-hub-signature-256');
    const hex = SIGNATURE.exec(header ?? '')?.[1];
    return secret !== '' && hex !== undefined && isHmacSha256(hex, { bytes: request.body, key: secret });
  },

  deliveryId: ({ headers }) => textLike(singleHeader(headers, 'x-github-delivery'), DELIVERY),

  hints(request) {
    const event = singleHeader(request.headers, 'x-github-event');
    if (event === 'ping') return [{ kind: 'ping' }];
    if (event !== 'push') return [ignored('this event is about nothing that is watched')];
    return [push(payloadOf(request))];
  },
};

function push(payload: unknown): Hint {
  if (payload === undefined) return ignored('the body cannot be read');
  const repository = textLike(at(payload, 'repository', 'full_name'), REPOSITORY);
  const ref = textLike(at(payload, 'ref'), REF);
  const after = textLike(at(payload, 'after'), COMMIT);
  if (repository === null || ref === null) return ignored('the push names no repository or no ref');
  const deleted = at(payload, 'deleted') === true || (after !== null && ZEROS.test(after));
  const urls = ['clone_url', 'ssh_url', 'git_url', 'html_url']
    .map((key) => textLike(at(payload, 'repository', key), ADDRESS))
    .filter((url) => url !== null);
  return { kind: 'git', repository, urls, ref, commit: deleted ? null : after, deleted };
}

function payloadOf({ headers, body }: RawRequest): unknown {
  const type = mediaType(headers);
  const text = utf8(body);
  if (type === 'application/json') return parseJson(text);
  if (type !== 'application/x-www-form-urlencoded') return undefined;
  return parseJson(new URLSearchParams(text ?? '').get('payload'));
}

function ignored(why: string): Hint {
  return { kind: 'ignored', why };
}
