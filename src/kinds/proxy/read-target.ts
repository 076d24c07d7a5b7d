// Where a stand-alone proxy leads: exactly one of forward, redirect, not_found and stream.
import { forwardAddress } from '../../core/route/forward-address.ts';
import { coversName, loopFault } from '../../core/route/loops.ts';
import type { Report } from '../../core/validate-report.ts';
import type { DesiredProxy, DesiredRoute } from '../../model/desired.ts';
import type { ReadSettings } from '../../model/kind.ts';
import type { ProxyManifest } from './schema.ts';

interface Context {
  manifest: ProxyManifest;
  route: DesiredRoute;
  proxy: ReadSettings['proxy'];
  report: Report;
}

type Target = Pick<DesiredProxy, 'target' | 'forward'>;

const TARGETS = ['forward', 'redirect', 'not_found', 'stream'] as const;

/** Null where nothing, or more than one thing, is named: what is wrong was reported. */
export function readTarget(context: Context): Target | null {
  const { manifest, report } = context;
  const named = TARGETS.filter((key) => manifest[key] !== undefined && manifest[key] !== false);
  const [first, second] = named;
  if (first === undefined) report.add([], NO_TARGET);
  if (second !== undefined) report.add([second], twoTargets(first ?? second, second));
  if (first === undefined || second !== undefined) return null;
  if (first !== 'forward' && manifest.route !== undefined) report.add(['route'], onlyForwarded(first));
  if (first === 'forward') return readForward(context);
  if (first === 'redirect') return readRedirect(context);
  if (first === 'stream') return readStream(context);
  return { target: { type: 'not_found' }, forward: null };
}

function readForward({ manifest, route, proxy, report }: Context): Target | null {
  const to = report.take(['forward'], forwardAddress(manifest.forward ?? ''));
  if (to === undefined) return null;
  if (to.path !== null && to.path !== '/') report.add(['forward'], NO_PATH);
  const loop = loopFault(to.upstream, { domains: route.domains, proxy });
  if (loop !== null) report.add(['forward'], loop);
  return { target: { type: 'forward', options: route.options }, forward: to.upstream };
}

function readRedirect({ manifest, route, report }: Context): Target | null {
  const { to = '', code = 301, preserve_path: preservePath = true } = manifest.redirect ?? {};
  const [, scheme = 'auto', domain = ''] = /^(?:(https?):\/\/)?(.+)$/.exec(to.toLowerCase()) ?? [];
  if (route.domains.some((own) => coversName(own, domain))) report.add(['redirect', 'to'], ownName(domain));
  return {
    target: {
      type: 'redirect',
      scheme: scheme as 'auto' | 'http' | 'https',
      domain,
      code,
      preservePath,
      blockExploits: false,
    },
    forward: null,
  };
}

function readStream({ manifest, proxy, report }: Context): Target | null {
  const { stream } = manifest;
  if (stream === undefined) return null;
  for (const key of ['domains', 'subdomain'] as const)
    if (manifest[key] !== undefined) report.add([key], NOT_FOR_STREAMS);
  const { port: incomingPort, tcp = true, udp = false } = stream;
  if (!tcp && !udp) report.add(['stream', 'tcp'], NEITHER);
  if (proxy?.ports.includes(incomingPort)) report.add(['stream', 'port'], ownPort(incomingPort));
  const colon = stream.forward.lastIndexOf(':');
  const host = stream.forward
    .slice(0, colon)
    .replace(/^\[|\]$/g, '')
    .toLowerCase();
  const port = Number(stream.forward.slice(colon + 1));
  if (port < 1 || port > 65_535) report.add(['stream', 'forward'], NO_PORT);
  const loop = loopFault({ host, port }, { domains: [], proxy });
  if (loop !== null) report.add(['stream', 'forward'], loop);
  return { target: { type: 'stream', incomingPort, host, port, tcp, udp }, forward: null };
}

const NO_TARGET = {
  reason: 'MissingKey',
  message: 'Nothing says where this leads.',
  hint: 'add `forward: http://192.0.2.10:5000`, or `redirect`, `not_found` or `stream`',
};
const NO_PATH = {
  reason: 'NotAllowed',
  message: 'A route leads to a host and its port; paths stay as they are asked for.',
  hint: 'take the path out, or send single paths elsewhere with `route: { locations: … }`',
};
const NOT_FOR_STREAMS = {
  reason: 'NotAllowed',
  message: 'A stream is a port, and has no names.',
  hint: 'take it out',
};
const NEITHER = {
  reason: 'Conflict',
  message: 'With neither TCP nor UDP nothing passes.',
  hint: 'leave `tcp` out, or add `udp: true`',
};
const NO_PORT = {
  reason: 'OutOfRange',
  message: 'A port is from 1 to 65535.',
  hint: 'for example `192.0.2.10:5432`',
};

function twoTargets(first: string, second: string) {
  return {
    reason: 'Conflict',
    message: `A proxy leads to one place, and both \`${first}\` and \`${second}\` stand here.`,
    hint: 'keep one of them, and make a second proxy of the other',
  };
}

function onlyForwarded(key: string) {
  return {
    reason: 'NotAllowed',
    message: `\`route\` is about what is forwarded; with \`${key}\` it means nothing.`,
    hint: 'take it out',
  };
}

function ownName(domain: string) {
  return {
    reason: 'RouteLoop',
    message: `${domain} is one of its own names, so clients would be sent in a circle.`,
    hint: 'to go from HTTP to HTTPS, `tls: { force: true }` is enough',
  };
}

function ownPort(port: number) {
  return {
    reason: 'NotAllowed',
    message: `Port ${port} is the proxy’s own.`,
    hint: 'choose another port',
  };
}
