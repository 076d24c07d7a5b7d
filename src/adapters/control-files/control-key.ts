// The controller's own key: 32 random bytes beside the control files, for fingerprints and for what is sealed at rest.
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { lstatSync, readFileSync } from 'node:fs';
import { createFile } from './durable-file.ts';
import { keyFault, withControlFault } from './faults.ts';

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const SEALED = 'v1.';

export interface ControlKey {
  fingerprint(domain: string, value: string): string;
  seal(domain: string, plain: string): string;
  unseal(domain: string, sealed: string): string | null;
}

/**
 * A key that is there is checked at once: throws a fault (KeyExposed, KeyDamaged; stalled). It is made when it is first
 * needed, so that commands that only look leave nothing behind.
 */
export function openKey(path: string): ControlKey {
  let key = readKey(path);
  let sealing: Buffer | null = null;

  function get(): Buffer {
    if (key === null) {
      withControlFault(path, () => createFile(path, randomBytes(KEY_BYTES)));
      // Ours, or that of a process that was quicker.
      key = readKey(path);
    }
    if (key === null) throw damaged(path);
    return key;
  }

  /** Derived once: a start unseals something for each stack. */
  function getSealing(): Buffer {
    sealing ??= sealingKey(get());
    return sealing;
  }

  return {
    // Two steps, so that no domain and value can be cut in two ways.
    fingerprint: (domain, value) =>
      hmac(hmac(get(), `tinyforge fingerprint 1\0${domain}`), value).toString('hex'),
    seal: (domain, plain) => seal(getSealing(), { domain, plain }),
    unseal: (domain, sealed) => unseal(getSealing(), { domain, sealed }),
  };
}

function readKey(path: string): Buffer | null {
  const stat = withControlFault(path, () => lstatSync(path, { throwIfNoEntry: false }));
  if (stat === undefined) return null;
  if (!stat.isFile()) throw damaged(path);
  if ((stat.mode & 0o077) !== 0) {
    throw keyFault('KeyExposed', {
      message: `The key ${path} can be read by others on this machine.`,
      hint: `chmod 600 ${path}. If somebody may have read it, remove it: what uses secrets is then deployed again, once.`,
    });
  }
  const key = withControlFault(path, () => readFileSync(path));
  if (key.length !== KEY_BYTES) throw damaged(path);
  return key;
}

function damaged(path: string): Error {
  return keyFault('KeyDamaged', {
    message: `The key ${path} is not a file of ${KEY_BYTES} bytes.`,
    hint: 'Put it back from a backup, or remove it: what uses secrets is then deployed again, once.',
  });
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text, 'utf8').digest();
}

function sealingKey(key: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', key, '', 'tinyforge seal 1', KEY_BYTES));
}

function seal(key: Buffer, { domain, plain }: { domain: string; plain: string }): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(domain, 'utf8'));
  const parts = [nonce, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()];
  return SEALED + Buffer.concat(parts).toString('base64url');
}

function unseal(key: Buffer, { domain, sealed }: { domain: string; sealed: string }): string | null {
  if (!sealed.startsWith(SEALED)) return null;
  const bytes = Buffer.from(sealed.slice(SEALED.length), 'base64url');
  if (bytes.length < NONCE_BYTES + TAG_BYTES) return null;
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES))
      .setAAD(Buffer.from(domain, 'utf8'))
      .setAuthTag(bytes.subarray(-TAG_BYTES));
    const plain = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES));
    return Buffer.concat([plain, decipher.final()]).toString('utf8');
  } catch {
    return null;
  }
}
