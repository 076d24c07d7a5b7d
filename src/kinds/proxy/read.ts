// From a proxy's manifest to its one unit.
import { commonOfUnit, readCommon } from '../../core/catalog-unit.ts';
import { completeRoute } from '../../core/route/complete.ts';
import { createReport } from '../../core/validate-report.ts';
import type { DesiredProxy } from '../../model/desired.ts';
import type { KindReader, ManifestDocument, ReadSettings } from '../../model/kind.ts';
import { readMonitor } from './read-monitor.ts';
import { targetTls } from './read-stream-tls.ts';
import { readTarget } from './read-target.ts';
import { LATER_PROXY, type ProxyManifest, proxySchema } from './schema.ts';

export const proxyReader: KindReader = {
  kind: 'proxy',
  schema: proxySchema as unknown as KindReader['schema'],
  later: LATER_PROXY,
  read: readProxy,
};

function readProxy(document: ManifestDocument, settings: ReadSettings): ReturnType<KindReader['read']> {
  const report = createReport(document);
  const manifest = document.value as ProxyManifest;
  const part = readCommon(manifest, { path: [], report });
  const common = commonOfUnit(part, { document, settings, report, role: '', path: [] });
  // Without names of its own there still is a route to complete: that of a stream.
  const named = { project: document.name, stage: '', name: document.name };
  const context = { proxy: settings.proxy, named, path: [], report: createReport(document) };
  const route = common.route ?? completeRoute(part, context);
  const led = readTarget({ manifest, route, proxy: settings.proxy, report });
  const isNameless = (manifest.domains ?? []).length === 0 && manifest.subdomain === undefined;
  if (led !== null && led.target.type !== 'stream' && isNameless) report.add([], noName(document.name));
  const monitor = readMonitor(manifest, { target: led?.target ?? null, report });
  if (led === null) return { units: [], problems: report.problems };
  const tls = targetTls(manifest, { route, target: led.target, report });
  const unit: DesiredProxy = { ...common, kind: 'proxy', route: { ...route, tls }, ...led, monitor };
  return { units: [unit], problems: report.problems };
}

function noName(name: string) {
  return {
    reason: 'MissingKey',
    message: `\`domains\` is missing: nobody can ask for ${name}.`,
    hint: 'add it, for example `domains: [nas.example.com]`',
  };
}
