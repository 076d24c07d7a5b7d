// What a sender of webhooks is told when its delivery is not taken. None of it says more than it must.
import type { Refusal } from '../refusal.ts';

export const REFUSALS = {
  unknown: {
    status: 404,
    code: 'HOOK_UNKNOWN',
    reason: 'HookUnknown',
    message: 'No webhook of this name is configured.',
    hint: 'Webhooks are listed under `webhooks` in tinyforge.yaml.',
  },
  signature: {
    status: 401,
    code: 'SIGNATURE_WRONG',
    reason: 'SignatureWrong',
    message: 'The signature does not fit the body.',
    hint: 'Give the sender the very value of the secret that the webhook names in tinyforge.yaml.',
  },
  cannotVerify: {
    status: 503,
    code: 'HOOK_SECRET_MISSING',
    reason: 'HookSecretMissing',
    message: 'Deliveries cannot be verified at the moment.',
    hint: 'The log of Tinyforge names what is missing.',
  },
  encoding: {
    status: 415,
    code: 'ENCODING_UNKNOWN',
    reason: 'EncodingUnknown',
    message: 'A compressed body is not taken.',
    hint: 'Send the body as it is, without `Content-Encoding`.',
  },
  tooMany: {
    status: 429,
    code: 'TOO_MANY',
    reason: 'TooMany',
    message: 'Too many deliveries at once.',
    hint: 'Sources are polled as well, so nothing is missed.',
    headers: { 'Retry-After': '2' },
  },
  busy: {
    status: 503,
    code: 'BUSY',
    reason: 'Busy',
    message: 'Too many deliveries are being read.',
    hint: null,
    headers: { 'Retry-After': '1' },
  },
} as const satisfies Record<string, Refusal>;
