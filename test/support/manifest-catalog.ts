// A catalog of texts, as a source would give them.
import { type Catalog, catalog, createCatalogCache } from '../../src/core/catalog.ts';
import { decodeSourceText } from '../../src/core/source-file.ts';
import { readers } from '../../src/kinds/readers.ts';
import type { ReadSettings } from '../../src/model/kind.ts';
import type { SourceFile, SourceSnapshot } from '../../src/model/source.ts';

export const settings: ReadSettings = {
  host: 'local',
  hosts: ['local', 'attic'],
  siteImage: 'nginx:stable-alpine',
  proxy: null,
  isMeasured: false,
};

/** A proxy with a domain, as tinyforge.yaml names one. */
export const proxied: NonNullable<ReadSettings['proxy']> = {
  domain: 'example.com',
  subdomain: '{stage}-{project}',
  tls: 'off',
  drainMs: 10_000,
  reserved: ['forge.example.com', 'npm.example.com'],
  own: ['localhost:8480', 'npm:81', 'npm:80', 'npm:443'],
  ports: [80, 443, 81],
};

export type Files = Readonly<Record<string, string | Uint8Array>>;

/** Equal contents give equal stamps, as the sources do it. */
export function sourceFile(path: string, content: string | Uint8Array): SourceFile {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const decoded = decodeSourceText(path, bytes);
  const stamp = Buffer.from(bytes).toString('base64').slice(0, 200) + bytes.length;
  if ('text' in decoded) return { path, stamp, text: decoded.text, refused: null };
  return { path, stamp, text: null, refused: decoded.refused };
}

export function snapshot(files: Files, more: Partial<SourceSnapshot> = {}): SourceSnapshot {
  return {
    source: 'home',
    type: 'directory',
    revision: null,
    root: '/srv/forge',
    files: Object.entries(files).map(([path, content]) => sourceFile(path, content)),
    commit: null,
    ...more,
  };
}

/** One source called home. */
export function catalogOf(
  files: Files | string,
  {
    variables = {},
    type = 'directory',
    proxy = null,
    isMeasured = false,
  }: {
    variables?: Record<string, string>;
    type?: 'git' | 'directory';
    proxy?: ReadSettings['proxy'];
    isMeasured?: boolean;
  } = {},
): Catalog {
  const named = typeof files === 'string' ? { 'shop.yaml': files } : files;
  return catalog({
    snapshots: [snapshot(named, { type })],
    variables: { home: variables },
    readers,
    settings: { ...settings, proxy, isMeasured },
    cache: createCatalogCache(),
  });
}
