// The way to an upstream that nobody else is sent to: one route for all, before those with names, by a header of ours alone.
import type { CaddyRoute } from './config.ts';
import { transportOf } from './forward.ts';
import { PREVIEW_HEADER, previewId, WHO_HEADER } from './names.ts';

/**
 * For all routes of a controller, not in each of them: what Caddy makes anew at each change is its forwarding handlers,
 * and with 500 routes a change took two to three times as long. One part for each scheme, since a transport has one.
 */
export function previewRoute({
  controller,
  server,
  secret,
}: {
  controller: string;
  server: string;
  secret: string;
}): CaddyRoute {
  const parts = (['http', 'https'] as const).map((scheme) => ({
    match: [
      { header_regexp: { [PREVIEW_HEADER]: { name: `tf${scheme}`, pattern: `^\\S+ ${scheme} (\\S+)$` } } },
    ],
    handle: [
      {
        handler: 'reverse_proxy',
        upstreams: [{ dial: `{http.regexp.tf${scheme}.1}` }],
        headers: { request: { delete: [PREVIEW_HEADER] } },
        ...transportOf(scheme),
      },
    ],
    terminal: true,
  }));
  return {
    '@id': previewId(controller, server),
    // Who would get a preview is told by the route itself.
    match: [{ header: { [PREVIEW_HEADER]: [`${secret} *`] }, not: [{ header: { [WHO_HEADER]: ['*'] } }] }],
    handle: [{ handler: 'subroute', routes: parts }],
    terminal: true,
  };
}
