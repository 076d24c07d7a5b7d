// Self-signed certificates and what can be read from a PEM, by openssl and node:crypto.
import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { makePlace } from '../real/place.ts';

const run = promisify(execFile);

export interface Pair {
  readonly certificate: string;
  readonly key: string;
}

/** A certificate for these names, 30 days long, that nobody trusts. */
export async function selfSigned(names: readonly string[]): Promise<Pair> {
  await using place = await makePlace('npm-pair');
  const [first = 'localhost'] = names;
  const alternative = names.map((name) => `DNS:${name}`).join(',');
  await run('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '30'],
    ...['-subj', `/CN=${first}`, '-addext', `subjectAltName=${alternative}`],
    ...['-keyout', place.at('key.pem'), '-out', place.at('certificate.pem')],
  ]);
  return {
    certificate: await readFile(place.at('certificate.pem'), 'utf8'),
    key: await readFile(place.at('key.pem'), 'utf8'),
  };
}

export interface CertificateFacts {
  readonly cn: string;
  readonly issuer: string;
  /** Seconds since 1970. */
  readonly dates: { readonly from: number; readonly to: number };
  readonly names: readonly string[];
}

/** What a certificate says of itself; undefined where the text is none. */
export function readCertificate(pem: string): CertificateFacts | undefined {
  try {
    const parsed = new X509Certificate(pem);
    const seconds = (text: string) => Math.floor(Date.parse(text) / 1000);
    const cn = /CN=([^\n]+)/.exec(parsed.subject)?.[1] ?? '';
    return {
      cn,
      issuer: parsed.issuer.split('\n').join(', '),
      dates: { from: seconds(parsed.validFrom), to: seconds(parsed.validTo) },
      names: [cn],
    };
  } catch {
    return undefined;
  }
}
