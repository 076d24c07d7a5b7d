// Reads a request's body with a limit that holds while it streams, whatever its headers promised.
import { type Answered, answered, type Refusal, refused } from '../refusal.ts';

/** The raw bytes, or 413 once they are more than `maxBytes`; nothing beyond the limit is kept. */
export async function readBody(request: Request, maxBytes: number): Promise<Answered<Buffer>> {
  const declared = Number(request.headers.get('content-length') ?? 0);
  if (declared > maxBytes) return refused(tooLarge(maxBytes));
  if (request.body === null) return answered(Buffer.alloc(0));
  const reader = request.body.getReader();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      bytes += part.value.byteLength;
      if (bytes > maxBytes) {
        await reader.cancel();
        return refused(tooLarge(maxBytes));
      }
      chunks.push(part.value);
    }
  } catch {
    return refused({
      status: 400,
      code: 'BODY_CUT',
      reason: 'BodyCut',
      message: 'The body ended before it was complete.',
      hint: null,
    });
  }
  return answered(Buffer.concat(chunks, bytes));
}

/** A JSON object. Only `application/json` is taken: a form of another page cannot send that without asking first. */
export async function readJsonObject(
  request: Request,
  maxBytes: number,
): Promise<Answered<Record<string, unknown>>> {
  const type = request.headers.get('content-type');
  if (type !== null && !/^application\/json\s*(;|$)/i.test(type)) {
    return refused({
      status: 415,
      code: 'TYPE_UNKNOWN',
      reason: 'TypeUnknown',
      message: 'The body must be JSON.',
      hint: 'Send `Content-Type: application/json`, or no body at all.',
    });
  }
  const body = await readBody(request, maxBytes);
  if (!body.ok) return body;
  if (body.value.length === 0) return answered({});
  const value = parse(body.value.toString('utf8'));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refused({
      status: 400,
      code: 'JSON_UNREADABLE',
      reason: 'JsonUnreadable',
      message: 'The body is not a JSON object.',
      hint: 'For example {"units": ["shop/prod"], "wait": true}.',
    });
  }
  return answered(value as Record<string, unknown>);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function tooLarge(maxBytes: number): Refusal {
  const limit = maxBytes >= 1 << 20 ? `${maxBytes >> 20} MiB` : `${maxBytes >> 10} KiB`;
  return {
    status: 413,
    code: 'BODY_TOO_LARGE',
    reason: 'BodyTooLarge',
    message: `The body is larger than ${limit}.`,
    hint: null,
    headers: { Connection: 'close' },
  };
}
