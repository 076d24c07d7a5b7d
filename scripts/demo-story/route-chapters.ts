// The chapters about routes: who answers by a name, what clients notice of a switch, and a route that a hand took away.
import { deviceGreeting } from './device.ts';
import { type Chapter, expect, running } from './look.ts';
import { type ProbeRecord, probed, probeWords } from './probe.ts';
import type { DemoProxy } from './proxy.ts';
import type { Scene } from './scene.ts';
import { awaitUnit, domains, nas, units } from './units.ts';
import { waitFor } from './wait-for.ts';

export const everyNameAnswers: Chapter = {
  title:
    'Every name answers through the proxy: the project, the site, and a device that Tinyforge does not run',
  needsProxy: true,
  async play(scene) {
    await awaitUnit(scene, nas, ({ outcome }) => outcome === 'converged');
    const { ask } = proxyOf(scene);
    for (const [domain, words] of [
      [domains.prod, 'v1'],
      [domains.site, 'It works'],
      [domains.nas, deviceGreeting],
    ] as const) {
      const { status, body } = await ask(domain);
      expect(status === 200 && body.includes(words), `${domain} answered ${status} ${body}`);
    }
  },
};

export const rollback: Chapter = {
  title: 'tinyforge rollback brings the earlier version back, and nobody notices',
  async play(scene) {
    await withProbe(scene, ['v2', 'v1'], async () => {
      const done = await scene.controller.command('rollback', units.prod);
      expect(done.code === 0, `rollback says:\n${done.stdout}${done.stderr}`);
      scene.talk.show(done.stdout);
      await awaitUnit(scene, units.prod, ({ outcome, runs }) => outcome === 'held' && runs === 'v1');
      expect((await running(scene, units.prod)).length === 2, `${units.prod} does not run two of v1.`);
    });
  },
};

export const handEdit: Chapter = {
  title: 'A route that somebody deletes by hand is there again',
  needsProxy: true,
  async play(scene) {
    const { ask, change } = proxyOf(scene);
    await change({ method: 'DELETE', path: `/id/${await routeIdOf(scene, domains.prod)}` });
    // Caddy has let go of it when it says so: from then on an answer is the proof that the route was made again.
    await waitFor({
      what: `${domains.prod} to answer again`,
      signal: scene.signal,
      look: async () => (await ask(domains.prod)).status === 200,
    });
    await awaitUnit(scene, units.prod, ({ outcome }) => outcome === 'converged');
  },
};

/** Does the work while clients ask; without a proxy, the work alone. None may fail, and they see these versions in turn. */
export async function withProbe(
  scene: Scene,
  versions: readonly string[],
  work: () => Promise<void>,
): Promise<void> {
  if (scene.proxy === undefined) return work();
  const record = await probed(scene.proxy, domains.prod, work);
  const words = probeWords(domains.prod, record);
  expect(record.failures.length === 0, [words, ...record.failures.slice(0, 5)].join('\n'));
  expect(hasOnly(record, versions), `Clients saw ${record.answers.slice(0, 20).join(', ')}.`);
  scene.talk.show(words);
}

/** While routes change over, both versions may answer in turn: which comes first and last is what counts. */
function hasOnly({ answers }: ProbeRecord, versions: readonly string[]): boolean {
  return (
    answers.every((answer) => versions.includes(answer)) &&
    answers[0] === versions[0] &&
    answers.at(-1) === versions.at(-1)
  );
}

export function proxyOf({ proxy }: Scene): DemoProxy {
  if (proxy === undefined) throw new Error('The demo has no proxy.');
  return proxy;
}

/** As Caddy calls it. */
export async function routeIdOf(scene: Scene, domain: string): Promise<string> {
  const text = await proxyOf(scene).change({
    method: 'GET',
    path: '/config/apps/http/servers/tinyforge/routes',
  });
  const routes = JSON.parse(text) as readonly {
    readonly '@id'?: string;
    readonly match?: readonly { readonly host?: readonly string[] }[];
  }[];
  const found = routes.find(({ match }) => match?.some(({ host }) => host?.includes(domain)));
  if (found?.['@id'] === undefined) throw new Error(`Caddy has no route for ${domain}.`);
  return found['@id'];
}
