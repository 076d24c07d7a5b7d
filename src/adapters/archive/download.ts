// Brings one file by HTTP into a place on disk and hashes it on the way: bounded in size and time, and not led astray.
import { createHash } from 'node:crypto';
import { lookup } from 'node:dns';
import { createWriteStream } from 'node:fs';
import { request as askPlain, type IncomingMessage } from 'node:http';
import { request as askSecurely } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { isFault } from '../../model/errors.ts';
import { archiveFault } from './archive-faults.ts';

const MAX_REDIRECTS = 5;
/** Nothing comes for so long. */
const IDLE_MS = 30_000;

export interface DownloadOptions {
  url: string;
  file: string;
  maxBytes: number;
  timeoutMs: number;
  /** A token, or `user:password`: for the origin of `url`, never for where it redirects to. */
  credential: string | null;
  /** Addresses of this machine and of networks behind it. */
  isPrivate: (address: string) => boolean;
  signal: AbortSignal;
  onProgress: (bytes: number) => void;
}

/**
 * Resolves to the sha256 of the file, in hex. A host that the manifest names may be private; what it redirects to may
 * not, and is judged by the very address that is connected to, so that a name cannot mean another one a moment later.
 */
export async function download(options: DownloadOptions): Promise<string> {
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(options.timeoutMs)]);
  const host = new URL(options.url).host;
  try {
    const response = await follow(options, signal);
    return await save(response, options, signal);
  } catch (error) {
    options.signal.throwIfAborted();
    if (isFault(error)) throw error;
    const why = signal.aborted ? 'it took too long' : error instanceof Error ? error.message : String(error);
    throw archiveFault(
      'ArchiveAway',
      `The archive could not be fetched from ${host} (${why.slice(0, 200)})`,
      error,
    );
  }
}

async function follow(options: DownloadOptions, signal: AbortSignal): Promise<IncomingMessage> {
  let url = new URL(options.url);
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
    const isNamed = url.origin === new URL(options.url).origin;
    const response = await ask(url, {
      isAllowed: guard(url, { ...options, isNamed }),
      authorization: isNamed ? authorizationOf(options.credential) : null,
      signal,
    });
    const status = response.statusCode ?? 0;
    if (status === 200) return response;
    response.destroy();
    const location = response.headers.location;
    if (![301, 302, 303, 307, 308].includes(status) || location === undefined)
      throw new Error(`it answered ${status}`);
    if (!URL.canParse(location, url.href))
      throw archiveFault('AddressRefused', `${url.host} redirects to nowhere`);
    const next = new URL(location, url);
    if (next.origin !== url.origin && next.protocol !== 'https:')
      throw archiveFault('AddressRefused', `${url.host} redirects to ${next.host}, and not by https`);
    url = next;
  }
  throw archiveFault('AddressRefused', `${url.host} redirects more than ${MAX_REDIRECTS} times`);
}

/** Null where this address may be connected to, else why not. */
function guard(
  url: URL,
  { isPrivate, isNamed }: { isPrivate: (address: string) => boolean; isNamed: boolean },
): (address: string) => Error | null {
  return (address) => {
    if (!isNamed && isPrivate(address))
      return archiveFault('AddressRefused', `The archive redirects to ${url.host}, a private address`);
    // Cloud machines tell their credentials to whoever asks there.
    if (isLinkLocal(address)) return archiveFault('AddressRefused', `${url.host} is a link-local address`);
    if (url.protocol === 'http:' && !isPrivate(address))
      return archiveFault(
        'AddressRefused',
        `${url.host} is asked by http, which is for private networks only`,
      );
    return null;
  };
}

/** Basic for `user:password`, Bearer for a token (RFC 6750, RFC 7617). */
function authorizationOf(credential: string | null): string | null {
  if (credential === null) return null;
  const text = credential.trim();
  return text.includes(':') ? `Basic ${Buffer.from(text, 'utf8').toString('base64')}` : `Bearer ${text}`;
}

function isLinkLocal(address: string): boolean {
  return /^(?:::ffff:)?169\.254\.|^::ffff:a9fe:|^fe[89ab][0-9a-f]:|^fd00:ec2::254$/i.test(address);
}

function ask(
  url: URL,
  {
    isAllowed,
    authorization,
    signal,
  }: { isAllowed: (address: string) => Error | null; authorization: string | null; signal: AbortSignal },
): Promise<IncomingMessage> {
  const bare = url.hostname.replace(/^\[|\]$/g, '');
  // An address that is written out is connected to without a lookup.
  const refusal = isIP(bare) === 0 ? null : isAllowed(bare);
  if (refusal !== null) return Promise.reject(refusal);
  return new Promise((resolve, reject) => {
    const make = url.protocol === 'https:' ? askSecurely : askPlain;
    const asked = make(url, {
      agent: false,
      signal,
      timeout: IDLE_MS,
      headers: {
        // GitHub gives a description of a file of a release to who does not ask for the file itself.
        accept: 'application/octet-stream, */*;q=0.9',
        'user-agent': 'tinyforge',
        ...(authorization === null ? {} : { authorization }),
      },
      lookup: lookupAllowed(isAllowed),
    });
    asked.on('response', resolve);
    asked.on('timeout', () => asked.destroy(new Error('nothing came for 30 s')));
    asked.on('error', reject);
    asked.end();
  });
}

function lookupAllowed(isAllowed: (address: string) => Error | null): LookupFunction {
  return (host, options, done) => {
    lookup(host, { ...options, all: true }, (error, found) => {
      if (error !== null) return done(error, []);
      const refusal = found.map(({ address }) => isAllowed(address)).find((one) => one !== null);
      if (refusal !== undefined) return done(refusal, []);
      const [first] = found;
      if (options.all === true || first === undefined) return done(null, found);
      done(null, first.address, first.family);
    });
  };
}

async function save(
  response: IncomingMessage,
  { file, maxBytes, onProgress, url }: DownloadOptions,
  signal: AbortSignal,
): Promise<string> {
  const hash = createHash('sha256');
  let bytes = 0;
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > maxBytes)
        return done(
          archiveFault(
            'ArchiveTooLarge',
            `What ${new URL(url).host} sends is larger than ${maxBytes / 1e6} MB`,
          ),
        );
      hash.update(chunk);
      onProgress(bytes);
      done(null, chunk);
    },
  });
  await pipeline(response, measure, createWriteStream(file, { flags: 'wx', mode: 0o600 }), { signal });
  return hash.digest('hex');
}
