// The few files that pages bring along: named by a hash of their content, so that browsers may keep them for a year.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Handlers } from './handler.ts';
import { favicon } from './page/icons.ts';
import type { FrameView } from './page/layout.ts';

interface Asset {
  name: string;
  type: string;
  body: string;
}

export interface Assets {
  /** Addresses for a page's head. */
  links(needs: 'needs-you' | 'calm'): FrameView['assets'];
  routes: Handlers<'GET /assets/:file'>;
}

/** Reads the files once, at the start: a missing one stops the start and not the first visitor. */
export function createAssets(): Assets {
  const style = asset('style', 'css', readFileSync(new URL('./assets/style.css', import.meta.url), 'utf8'));
  const script = asset('live', 'js', readFileSync(new URL('./assets/live.js', import.meta.url), 'utf8'));
  const icons = {
    calm: asset('calm', 'svg', favicon('calm')),
    'needs-you': asset('needs-you', 'svg', favicon('needs-you')),
  };
  const all = new Map([style, script, icons.calm, icons['needs-you']].map((each) => [each.name, each]));
  return {
    links: (needs) => ({
      style: `/assets/${style.name}`,
      script: `/assets/${script.name}`,
      favicon: `/assets/${icons[needs].name}`,
    }),
    routes: {
      'GET /assets/:file': (c) => {
        const found = all.get(c.req.param('file') ?? '');
        if (found === undefined) return c.notFound();
        return c.body(found.body, 200, {
          'Content-Type': found.type,
          'Cache-Control': 'public, max-age=31536000, immutable',
        });
      },
    },
  };
}

const TYPES = { css: 'text/css', js: 'text/javascript', svg: 'image/svg+xml' } as const;

function asset(name: string, ending: keyof typeof TYPES, body: string): Asset {
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 10);
  return { name: `${name}.${hash}.${ending}`, type: `${TYPES[ending]}; charset=utf-8`, body };
}
