// POST, PUT and DELETE of /api/proxies: a change of a manifest, checked and committed; GET: all routes that there are.
import type { Context } from 'hono';
import { changeJson } from '../../core/json-change.ts';
import { answer } from '../../core/json-envelope.ts';
import { problemJson } from '../../core/json-problem.ts';
import { proxyJson } from '../../core/json-proxy.ts';
import { MOST_LOOKS } from '../../core/monitor-history.ts';
import { proxyRows } from '../../core/proxy-rows.ts';
import type { DesiredEdit, DesiredEdited } from '../../ports/desired-edits.ts';
import type { HttpDeps } from '../deps.ts';
import { readJsonObject } from '../guards/body.ts';
import type { Handlers } from '../handler.ts';
import { badRequest, type Refusal } from '../refusal.ts';
import { failure, success } from './envelope.ts';
import { oneOf, readQuery } from './query.ts';

const MOST_BYTES = 64 * 1024;
const STATUS = { wrong: 422, unknown: 404, taken: 409, unwritten: 409 } as const;

type Served =
  | 'GET /api/proxies'
  | 'POST /api/proxies'
  | 'PUT /api/proxies/:name'
  | 'DELETE /api/proxies/:name';

export function proxyRoutes(
  deps: Pick<HttpDeps, 'edits' | 'clock' | 'controller' | 'store'>,
): Handlers<Served> {
  const { edits, clock, controller, store } = deps;
  async function change(c: Context, action: DesiredEdit['action']): Promise<Response> {
    const query = readQuery(c.req.url, ['source', 'force']);
    if (!query.ok) return failure(c, query.refusal);
    const force = oneOf('value of force', query.value.force, ['true', 'false'] as const);
    if (!force.ok) return failure(c, force.refusal);
    const body = action === 'remove' ? null : await readJsonObject(c.req.raw, MOST_BYTES);
    if (body !== null && !body.ok) return failure(c, body.refusal);
    const manifest = body === null ? null : body.value;
    const name = c.req.param('name') ?? manifest?.name;
    const odd = oddIdentity(manifest, name);
    if (odd !== null) return failure(c, odd);
    const edit = { action, kind: 'proxy', name: String(name) };
    const done = await edits.edit({
      ...edit,
      manifest,
      source: query.value.source ?? null,
      force: force.value === 'true',
      author: null,
      signal: c.req.raw.signal,
    });
    if (done.type === 'refused') return failure(c, refusalOf(done));
    const data = answer('ManifestChange', clock.nowMs(), changeJson(edit, done));
    return success(c, data, action === 'add' ? 201 : 200);
  }
  return {
    'GET /api/proxies': (c) => {
      const query = readQuery(c.req.url, []);
      if (!query.ok) return failure(c, query.refusal);
      const { controller: name, units } = controller.overview();
      const facts = {
        controller: name,
        units,
        routes: store.proxyRoutes(),
        observed: controller.proxyRoutes(),
        looksAt: (unit: string) => store.monitorResults(unit, { limit: MOST_LOOKS }),
      };
      const items = proxyRows(facts).map(proxyJson);
      return success(c, answer('ProxyList', clock.nowMs(), { items }));
    },
    'POST /api/proxies': (c) => change(c, 'add'),
    'PUT /api/proxies/:name': (c) => change(c, 'put'),
    'DELETE /api/proxies/:name': (c) => change(c, 'remove'),
  };
}

/** The address and the body must not speak of two. */
function oddIdentity(manifest: Readonly<Record<string, unknown>> | null, name: unknown): Refusal | null {
  if (typeof name !== 'string')
    return badRequest('MissingKey', 'The manifest has no `name`.', 'For example {"name": "nas", …}.');
  if (manifest?.kind !== undefined && manifest.kind !== 'proxy')
    return badRequest(
      'WrongKind',
      'Only manifests of `kind: proxy` are taken here.',
      'Leave `kind` out, or write "proxy".',
    );
  if (manifest?.name !== undefined && manifest.name !== name)
    return badRequest(
      'NameChanged',
      'The name in the body is another one than in the address.',
      'A route is renamed by adding the new one and removing the old one.',
    );
  return null;
}

function refusalOf({ what, refusal, problems, patch }: Extract<DesiredEdited, { type: 'refused' }>): Refusal {
  const { reason, message, hint } = refusal;
  const code = reason.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase();
  const details = { problems: problems.map(problemJson), patch };
  return { status: STATUS[what], code, reason, message, hint, details };
}
