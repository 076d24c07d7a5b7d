// How an answer leaves the double: as JSON with an ETag, in the form of older versions, or cut in the middle.
import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Answer } from './answers.ts';

/** Before 2.12 booleans of rows were told as 0 and 1 and times as ISO; a bare `true` is no row. */
export function asBefore212(answer: Answer, path: string): Answer {
  const rows = /^\/api\/(nginx|users|settings|audit-log)\b/.test(path);
  return rows && typeof answer.body === 'object' ? { ...answer, body: inNumbers(answer.body) } : answer;
}

function inNumbers(value: unknown): unknown {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(value))
    return new Date(value.replace(' ', 'T')).toISOString();
  if (Array.isArray(value)) return value.map(inNumbers);
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return value;
  // What a caller keeps in meta is JSON of its own, and comes back as it was.
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [key, key === 'meta' ? entry : inNumbers(entry)]),
  );
}

/** Sends the answer; `known` is the ETag that the client has already. */
export function send(
  response: ServerResponse,
  { status, body, contentType, location }: Answer,
  known?: string,
): void {
  const payload = Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
  const etag = `W/"${payload.byteLength.toString(16)}-${createHash('sha1').update(payload).digest('base64url')}"`;
  if (status === 200 && known === etag) return void response.writeHead(304, { etag }).end();
  response.writeHead(status, {
    'content-type': contentType ?? 'application/json; charset=utf-8',
    'content-length': payload.byteLength,
    etag,
    ...(location === undefined ? {} : { location }),
  });
  response.end(payload);
}

/** Sends half of what it announced, and cuts the connection. */
export function cutWithin(response: ServerResponse, { status, body }: Answer): void {
  const payload = Buffer.from(JSON.stringify(body));
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': payload.byteLength + 1,
  });
  response.write(payload.subarray(0, Math.floor(payload.byteLength / 2)), () => response.destroy());
}
