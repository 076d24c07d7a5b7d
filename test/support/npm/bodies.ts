// What a request carries: its bytes, its JSON or form, the parts of an upload.
import type { IncomingMessage } from 'node:http';
import { invalid } from './answers.ts';

/** The parsed body, or undefined where there is none that is read. Throws the 400 of broken JSON. */
export function readBody(raw: Buffer, type: string): unknown {
  if (raw.byteLength === 0) return undefined;
  const text = raw.toString('utf8');
  if (type.startsWith('application/x-www-form-urlencoded'))
    return Object.fromEntries(new URLSearchParams(text));
  // Without a type the body is not read at all; what is missing then is told by the check.
  if (!type.startsWith('application/json')) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw invalid('Internal Error');
  }
}

/** The parts of a multipart body, as text. */
export async function readParts(raw: Buffer, type: string): Promise<Map<string, string>> {
  const form = await new Response(new Uint8Array(raw), { headers: { 'content-type': type } }).formData();
  const parts = new Map<string, string>();
  for (const [name, value] of form) parts.set(name, typeof value === 'string' ? value : await value.text());
  return parts;
}

/** All bytes of the request. */
export function receive(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', reject);
  });
}
