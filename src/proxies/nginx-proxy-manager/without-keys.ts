// Takes private keys out of what the proxy answers, before anything else sees it. Pure.

const KEY_MEMBERS = new Set(['certificate_key', 'dns_provider_credentials', 'secret', 'password']);
const PEM_TEXT = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|$)/g;
const TOKEN = /\beyJ[\w-]{10,}\.[\w-]+(?:\.[\w-]+)?/g;
const PEM_KEY = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/;

/** A text with private keys and tokens that it quotes left out; a key that was cut is left out to the end. */
export function withoutKeyTexts(text: string): string {
  return text.replaceAll(PEM_TEXT, '(a private key)').replaceAll(TOKEN, '(a token)');
}

/** A copy without members that hold keys, and without any text that holds one in PEM, wherever it stands. */
export function withoutKeys(value: unknown): unknown {
  if (typeof value === 'string') return PEM_KEY.test(value) ? '' : value;
  if (Array.isArray(value)) return value.map(withoutKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !KEY_MEMBERS.has(name))
      .map(([name, member]) => [name, withoutKeys(member)]),
  );
}
