// The engine is upgraded under the running controller, from Docker 20.10 to 26.1 on the same data, and spoken to by its own version.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fillVolume, volumeChecksum } from '../support/real/checksum.ts';
import { realController } from '../support/real/controller.ts';
import { startEngine } from '../support/real/engine.ts';
import { loadTestImages } from '../support/real/images.ts';
import { serve } from '../support/real/serving.ts';
import { until } from '../support/real/until.ts';

describe('an engine that is upgraded', () => {
  it('is asked for its version again, keeps what runs and every byte, and takes the next deploy', async () => {
    await using engine = await startEngine({ name: 'upgraded', daemonProgram: 'dockerd-20' });
    await loadTestImages(engine);
    await using rig = await realController({ engine });
    const volume = `${rig.name}-data`;
    const write = (tag: string) =>
      rig.write(
        'shop.yaml',
        `kind: project\nname: ${rig.name}\nimage: tinyforge-test/web\ntag: ${tag}\nport: 8080\nhealthcheck: { http: /healthz, interval: 200ms, timeout: 2s, retries: 20 }\nstop_grace_period: 1s\nvolumes: ["${volume}:/data"]\n`,
      );
    await write('v1');
    await using controller = await serve(rig);
    await controller.converged(rig.name, 'v1');
    await fillVolume(rig, volume);
    const data = await volumeChecksum(rig, volume);
    const [before] = await rig.live();
    const spoken = () => controller.overview().engines.map(({ apiVersion }) => apiVersion);
    assert.deepEqual(spoken(), ['1.41']);
    await engine.kill('SIGTERM');
    await until({
      what: 'the controller to notice',
      look: () => controller.overview().engines.some(({ reachable }) => !reachable) || undefined,
    });
    await engine.restart('dockerd');
    await controller.sees(rig.name, 'converged on the new engine', ({ outcome }) => {
      return outcome === 'converged' && spoken().join() === '1.45';
    });
    assert.deepEqual(
      (await rig.live()).map(({ id, state }) => [id, state]),
      [[before?.id, 'running']],
    );
    await write('v2');
    await controller.converged(rig.name, 'v2');
    assert.equal(await volumeChecksum(rig, volume), data);
  });
});
