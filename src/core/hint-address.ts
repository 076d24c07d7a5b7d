// Addresses of git repositories, brought to a form in which different ways of writing one place are equal.

export interface GitPlace {
  /** Lower case, without user and port; '' for a path of this machine. */
  host: string;
  /** Lower case, without slashes at its ends and without `.git`. */
  path: string;
}

/** `git@host:me/infra.git`, `ssh://git@host:22/me/infra`, `https://user@host/me/infra/`, `/srv/infra.git`. Null for others. */
export function gitPlace(address: string): GitPlace | null {
  const url = /^(?:https?|ssh|git|git\+ssh|file):\/\//i.test(address) ? readUrl(address) : null;
  if (url !== null) return url;
  if (address.includes('://')) return null;
  if (address.startsWith('/')) return place('', address);
  const [, host, path] = /^(?:[^@/:]+@)?(\[[0-9a-f:]+\]|[^:/@]+):(.+)$/i.exec(address) ?? [];
  return host === undefined || path === undefined ? null : place(host, path);
}

function readUrl(address: string): GitPlace | null {
  try {
    const url = new URL(address);
    return place(url.hostname, decodeURIComponent(url.pathname));
  } catch {
    return null;
  }
}

function place(host: string, path: string): GitPlace | null {
  const plain = path
    .replace(/\/{2,}/g, '/')
    .replace(/^\//, '')
    .replace(/\/$/, '')
    .replace(/\.git$/i, '');
  return plain === '' ? null : { host: host.toLowerCase(), path: plain.toLowerCase() };
}
