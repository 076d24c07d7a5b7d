// How the double's paths are written down: a method, the template of openapi.json, and what answers.
import type { Answer } from './answers.ts';
import type { World } from './world.ts';

export interface Call {
  readonly world: World;
  readonly method: string;
  /** Without `/api` and query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly authorization: string | undefined;
  /** JSON, coerced by the schema; files are in `files`. */
  readonly body: Record<string, unknown>;
  /** The parts of a multipart body, as text. */
  readonly files: ReadonlyMap<string, string>;
  /** What stood for `{…}` in the template. */
  readonly id: string;
}

export interface Route {
  readonly method: string;
  /** As in openapi.json; at most one `{…}`. */
  readonly template: string;
  readonly answer: (call: Call) => Answer | Promise<Answer>;
}

export function ok(body: unknown): Answer {
  return { status: 200, body };
}

export function created(body: unknown): Answer {
  return { status: 201, body };
}

/** The route of a path and what stood for its id. */
export function findRoute(routes: readonly Route[], method: string, path: string) {
  for (const route of routes) {
    if (route.method !== method) continue;
    const id = match(route.template, path);
    if (id !== undefined) return { route, id };
  }
  return undefined;
}

// A trailing slash is accepted; case counts.
function match(template: string, path: string): string | undefined {
  const wanted = template.split('/').filter((part) => part !== '');
  const given = path.split('/').filter((part) => part !== '');
  if (wanted.length !== given.length) return undefined;
  let id = '';
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? '';
    if (part.startsWith('{')) id = value;
    else if (part !== value) return undefined;
  }
  return id;
}
