// The certificate and key of an upload, checked as far as the real one checks them.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { invalid } from './answers.ts';
import type { Call } from './routes.ts';
import { readCertificate } from './self-signed.ts';

/** The uploaded pair. Throws a 400 where a part is missing, is none, or the two do not belong together. */
export function readPair({ files }: Call) {
  const certificate = files.get('certificate');
  const key = files.get('certificate_key');
  const intermediate = files.get('intermediate_certificate');
  if (files.size === 0) throw invalid('No files were uploaded');
  if (certificate === undefined || key === undefined) throw invalid('Certificate and Key are needed');
  const facts = readCertificate(certificate);
  if (facts === undefined) throw invalid('Certificate is not valid');
  try {
    const fits = new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
    if (!fits) throw new Error('another key');
  } catch {
    throw invalid('Certificate Key is not valid');
  }
  const pem = { certificate, certificate_key: key };
  const more = intermediate === undefined ? {} : { intermediate_certificate: intermediate };
  return { pem: { ...pem, ...more }, facts };
}
