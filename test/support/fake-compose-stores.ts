// Control, store and secrets in memory, as far as the resolver of stacks uses them.
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import type { StackDeps } from '../../src/engine/stack/types.ts';

export interface StackStores extends Pick<StackDeps, 'control' | 'store' | 'secrets'> {
  cache: Map<string, string>;
  /** Number of cache writes so far. */
  writes(): number;
  setSecret(name: string, value: string): void;
}

export function createStackStores(secrets: Readonly<Record<string, string>> = {}): StackStores {
  const key = randomBytes(32);
  const cache = new Map<string, string>();
  const values = new Map(Object.entries(secrets));
  let writes = 0;
  return {
    cache,
    writes: () => writes,
    setSecret: (name, value) => values.set(name, value),
    secrets: {
      get: (name) => values.get(name) ?? null,
      redact: (text) =>
        [...values].reduce((plain, [name, value]) => plain.replaceAll(value, `\${secret:${name}}`), text),
    },
    store: {
      cacheGet: (name) => cache.get(name) ?? null,
      cacheSet: (name, value) => {
        writes += 1;
        cache.set(name, value);
      },
      cacheKeep: (prefix, keys) => {
        for (const name of [...cache.keys()])
          if (name.startsWith(prefix) && !keys.includes(name)) cache.delete(name);
      },
    },
    control: {
      fingerprint: (domain, value) => createHmac('sha256', key).update(`${domain}\0${value}`).digest('hex'),
      seal(domain, plain) {
        const iv = randomBytes(12);
        const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(domain));
        const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
        return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64');
      },
      unseal(domain, sealed) {
        try {
          const bytes = Buffer.from(sealed, 'base64');
          const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12)).setAAD(
            Buffer.from(domain),
          );
          decipher.setAuthTag(bytes.subarray(12, 28));
          return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8');
        } catch {
          return null;
        }
      },
    },
  };
}
