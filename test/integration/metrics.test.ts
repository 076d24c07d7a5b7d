// A real Prometheus reads what the running controller offers, and what it reads is so.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { realController } from '../support/real/controller.ts';
import { startPrometheus } from '../support/real/prometheus.ts';
import { serve } from '../support/real/serving.ts';
import { until } from '../support/real/until.ts';

describe('metrics', () => {
  it('are scraped by Prometheus: each workload with its outcome, and passes that count up', async () => {
    await using rig = await realController();
    const manifest = (name: string, tag: string): string => `kind: project
name: ${name}
image: tinyforge-test/web
tag: ${tag}
port: 8080
healthcheck: { http: /healthz, interval: 100ms, timeout: 2s, retries: 3 }
`;
    const [good, bad] = [`${rig.name}-good`, `${rig.name}-bad`];
    await rig.write('good.yaml', manifest(good, 'v1'));
    await rig.write('bad.yaml', manifest(bad, 'never-healthy'));
    await using controller = await serve(rig);
    await controller.converged(good, 'v1');
    await controller.sees(bad, 'failed', ({ outcome }) => outcome === 'failed');
    await using prometheus = await startPrometheus({ targets: [new URL(controller.url).host] });
    await until({
      what: 'a scrape that went well',
      look: async () => {
        const [target] = await prometheus.targets();
        assert.equal(target?.lastError ?? '', '');
        return target?.health === 'up';
      },
    });
    const outcomeOf = (unit: string) =>
      until({
        what: `the outcome of ${unit}`,
        look: async () => {
          const samples = await prometheus.query(
            `{__name__=~"tinyforge_.*",unit="${unit}",outcome!=""} == 1`,
          );
          return samples.length === 0 ? undefined : samples.map(({ labels }) => labels.outcome);
        },
      });
    assert.deepEqual(await outcomeOf(good), ['converged']);
    assert.deepEqual(await outcomeOf(bad), ['failed']);
    const passes = async (): Promise<number> =>
      (await prometheus.query('sum(tinyforge_reconcile_passes_total{result="success"})'))[0]?.value ?? 0;
    const before = await until({
      what: 'passes to be counted',
      look: async () => (await passes()) || undefined,
    });
    controller.pass.controller.trigger({ why: 'somebody asks', refresh: true });
    await until({ what: 'one pass more', look: async () => (await passes()) > before });
  });
});
