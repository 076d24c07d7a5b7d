// What a hand changed of the route of a site, or of a stack's service: reported and left, where the settings say so; healed once they say that.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { testImages } from '../support/real/images.ts';
import { type RoutedController, routedController } from '../support/real/routed.ts';

const MANIFESTS: Record<string, (routed: RoutedController) => Promise<void>> = {
  async site({ rig, domain }) {
    await rig.write('public/index.html', 'v1');
    await rig.write(
      'site.yaml',
      `kind: site\nname: ${rig.name}\ncontent: { path: ./public }\ndrain: 0s\ndomains: [${domain}]\n`,
    );
  },
  async 'stack’s service'({ rig, domain }) {
    await rig.write(
      'app/compose.yaml',
      `services:
  web:
    image: ${testImages.web1}
    ports: ["8080"]
    stop_grace_period: 1s
    healthcheck: { test: ["CMD", "wget", "-qO-", "http://127.0.0.1:8080/healthz"], interval: 300ms, timeout: 5s, retries: 10 }
`,
    );
    await rig.write(
      'app/stack.yaml',
      `kind: stack\nname: ${rig.name}\nservices: { web: { domains: [${domain}], port: 8080, drain: 0s } }\n`,
    );
  },
};

/** What a plan says of the unit, and an apply; neither of them writes to the proxy, or does anything else. */
async function reported(routed: RoutedController): Promise<{ told: string; outcome: string }> {
  const { rig } = routed;
  const before = { writes: routed.writes(), containers: (await rig.containers()).map(({ id }) => id) };
  const [unit] = (await rig.plan()).units;
  assert.deepEqual([unit?.actions, unit?.blocked], [[], null]);
  const status = rig.status(await rig.apply(), rig.name);
  assert.deepEqual(
    { writes: routed.writes(), containers: (await rig.containers()).map(({ id }) => id) },
    before,
  );
  const told = unit?.notices.map(({ reason, message }) => `${reason}: ${message}`).join('\n') ?? '';
  return { told, outcome: status.outcome };
}

for (const [what, write] of Object.entries(MANIFESTS))
  it(`the route of a ${what} that a hand has changed is reported and left, until the settings say heal`, async () => {
    await using routed = await routedController({ reach: 'published', proxy: { drift: 'report' } });
    const { rig, api, domain } = routed;
    await write(routed);
    const first = rig.status(await rig.apply(), rig.name);
    assert.equal(first.outcome, 'converged', first.sentence);
    const [host] = await routed.hosts();
    assert.deepEqual(await reported(routed), { told: '', outcome: 'converged' });

    const path = `/nginx/proxy-hosts/${host?.id}`;
    await api('PUT', path, { caching_enabled: true });
    assert.deepEqual(await reported(routed), {
      told: `RouteDrift: The route was changed by hand: caching of ${domain} is yes instead of no`,
      outcome: 'converged',
    });
    await api('PUT', path, { forward_port: 9 });
    const { told, outcome } = await reported(routed);
    assert.match(told, new RegExp(`^RouteSentElsewhere: ${domain} was sent to \\S+:9 by hand, instead of `));
    assert.equal(outcome, 'degraded');
    const [left] = await routed.hosts();
    assert.deepEqual([left?.caching_enabled, left?.forward_port], [true, 9]);

    if (rig.config.proxy !== null) rig.config.proxy = { ...rig.config.proxy, drift: 'heal' };
    const healed = rig.status(await rig.apply(), rig.name);
    assert.equal(healed.outcome, 'converged', healed.sentence);
    const [again] = await routed.hosts();
    assert.deepEqual([again?.caching_enabled, again?.forward_port], [false, host?.forward_port]);
    assert.deepEqual(await routed.get().then(({ status, body }) => [status, body.trim()]), [200, 'v1']);
  });
