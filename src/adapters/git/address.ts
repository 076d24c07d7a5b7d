// The address of a repository: read strictly, so that nothing in it can become an option, a helper or a second line.
import { fault } from '../../model/errors.ts';

export interface RemoteAddress {
  /** The only protocol that git may use for it. */
  protocol: 'https' | 'http' | 'ssh' | 'file';
  /** What git is given; never with a password in it. */
  url: string;
  /** What people are shown: without user info. */
  shown: string;
  /** Host for sentences; for a local repository its path. */
  host: string;
  /** `https://host:port/`, to which a credential is bound; null where there is none. */
  origin: string | null;
}

/**
 * Reads `https://`, `http://`, `ssh://`, `user@host:path`, `file:///` and absolute paths.
 * Throws the fault GitAddressRefused (stalled) for all else: `ext::` and other helpers run programs, a leading dash is
 * an option to git or ssh, and a password in an address is shown by `ps` and kept in files.
 */
export function readAddress(text: string): RemoteAddress {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a line break in an address can forge a credential request.
  if (/[\u0000-\u0020\u007f-\u009f]|%(?:[01][0-9a-f]|7f)/i.test(text)) {
    throw refusedAddress('it has a space, a line break or another control character in it');
  }
  if (text.startsWith('-')) throw refusedAddress('it begins with a dash');
  if (/^[\w.+-]*::/.test(text)) throw refusedAddress('helpers such as ext:: run programs');
  if (text.startsWith('/')) return localAddress(text);
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) return shortSshAddress(text);
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null) throw refusedAddress('it cannot be read as an address');
  if (url.password !== '') throw refusedAddress('it has a password in it');
  if (scheme === 'file') {
    if (url.host !== '' && url.host !== 'localhost') throw refusedAddress('file:// names another host');
    return localAddress(decodeURIComponent(url.pathname));
  }
  if (url.hostname === '' || url.hostname.startsWith('-')) throw refusedAddress('it names no host');
  if (scheme === 'ssh') return sshAddress(url);
  if (scheme !== 'https' && scheme !== 'http') throw refusedAddress(`${scheme}:// is not spoken`);
  url.username = '';
  const origin = `${scheme}://${url.host}/`;
  return { protocol: scheme, url: url.href, shown: url.href, host: url.host, origin };
}

function sshAddress(url: URL): RemoteAddress {
  const user = decodeURIComponent(url.username);
  if (!/^[\w.-]*$/.test(user) || user.startsWith('-')) throw refusedAddress('the user name is odd');
  if (url.pathname.length < 2) throw refusedAddress('it names no repository');
  const shown = `ssh://${url.host}${url.pathname}`;
  const asked = `ssh://${user === '' ? '' : `${user}@`}${url.host}${url.pathname}`;
  return { protocol: 'ssh', url: asked, shown, host: url.host, origin: null };
}

/** `git@host:path`, which git understands only where no slash stands before the colon. */
function shortSshAddress(text: string): RemoteAddress {
  const parts = /^(?:([\w.][\w.-]*)@)?([\w][\w.-]*|\[[0-9a-f:]+\]):([^-:][^:]*)$/i.exec(text);
  const [, user, host, path] = parts ?? [];
  if (host === undefined || path === undefined) {
    throw refusedAddress('it is neither https://, ssh:// or file:// nor an absolute path');
  }
  return {
    protocol: 'ssh',
    url: text,
    shown: user === undefined ? text : text.slice(user.length + 1),
    host,
    origin: null,
  };
}

function localAddress(path: string): RemoteAddress {
  // As a file:// address, for git then always speaks its protocol and never copies or links files of the other side.
  const url = `file://${path.split('/').map(encodeURIComponent).join('/')}`;
  return { protocol: 'file', url, shown: path, host: path, origin: null };
}

function refusedAddress(why: string): Error {
  return fault({
    code: 'GIT_ADDRESS_REFUSED',
    reason: 'GitAddressRefused',
    message: `The address of the repository is refused: ${why}.`,
    hint: 'Write https://HOST/PATH, ssh://USER@HOST/PATH or an absolute path; a token goes into `credential`.',
    disposition: 'stalled',
  });
}
