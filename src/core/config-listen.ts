// Where the page and the API listen. Off loopback somebody must be asked for a token.
import type { Config } from '../model/config.ts';
import type { ConfigContext } from './config-context.ts';

const DEFAULT = { host: '127.0.0.1', port: 8480 };

/** `127.0.0.1:8480`, `[::1]:8480`, `:8480` (every address) or a port alone (loopback). */
export function readListen({ settings, file, add, addSetting }: ConfigContext): Config['listen'] {
  const setting = settings.get('listen');
  const tell = (wrong: Parameters<typeof add>[1]): void => {
    if (setting === undefined) add(['listen'], wrong);
    else addSetting(setting, wrong);
  };
  const written = setting?.value ?? file.listen;
  if (written === undefined) return DEFAULT;
  const listen = parseListen(`${written}`);
  if (listen === null) {
    const message = 'An address to listen at is written HOST:PORT.';
    tell({ reason: 'BadFormat', message, hint: 'for example `127.0.0.1:8480` or `[::1]:8480`' });
    return DEFAULT;
  }
  if (!isLoopback(listen.host) && (file.api?.tokens ?? []).length === 0) {
    const message = `At ${listen.host} others can reach the API, and no token is set to ask them for.`;
    const hint = 'listen at 127.0.0.1, or add `api: { tokens: ["${secret:api}"] }`';
    tell({ reason: 'TokenMissing', message, hint });
  }
  return listen;
}

function parseListen(text: string): Config['listen'] | null {
  const found = /^(?:(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]*):)?(\d{1,5})$/.exec(text.trim());
  const port = Number(found?.[2]);
  if (found === null || port > 65_535) return null;
  const host =
    found[1] === undefined ? '127.0.0.1' : found[1] === '' ? '0.0.0.0' : found[1].replaceAll(/[[\]]/g, '');
  return { host, port };
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
