// One HTTP or TCP probe of a container, by its address on a network or by a published port.
import type { HealthCheck } from '../model/container-spec.ts';
import type { ContainerRuntime } from '../ports/container-runtime.ts';
import type { ProbeResult, Prober } from '../ports/prober.ts';

type Probed = Extract<HealthCheck, { type: 'http' | 'tcp' }>;

interface Target {
  runtime: ContainerRuntime;
  prober: Prober;
  reach: 'network' | 'published';
}

export interface ProbeOutcome extends ProbeResult {
  /** False where the container runs and there is no way to it: that says nothing about its version. */
  asked: boolean;
  /** Of the container that was asked; null where none was. */
  id: string | null;
}

/** Never rejects for a container that is ill; an engine that is away does reject. */
export async function probeContainer(
  { runtime, prober, reach }: Target,
  container: string,
  check: Probed,
): Promise<ProbeOutcome> {
  const facts = await runtime.inspectContainer(container);
  if (facts === null)
    return { ok: false, asked: true, detail: 'the container is gone', body: null, id: null };
  if (!facts.running) {
    const detail = `the container is ${facts.state} (exit ${facts.exitCode})`;
    return { ok: false, asked: true, detail, body: null, id: null };
  }
  const address =
    reach === 'network' ? onNetwork(facts.addresses, check.port) : published(facts.published, check.port);
  if (address === null) {
    const how = reach === 'network' ? 'has no address on a network' : `does not publish port ${check.port}`;
    const detail = `the container ${how}, so it cannot be asked`;
    return { ok: false, asked: false, detail, body: null, id: null };
  }
  const { timeoutMs } = check.timing;
  const result =
    check.type === 'tcp'
      ? await prober.tcp({ ...address, timeoutMs })
      : await prober.http({ ...address, path: check.path, timeoutMs });
  return { ...result, asked: true, id: facts.id };
}

function onNetwork(
  addresses: Readonly<Record<string, string>>,
  port: number,
): { host: string; port: number } | null {
  const host = Object.values(addresses).find((address) => address !== '');
  return host === undefined ? null : { host, port };
}

function published(
  ports: readonly { target: number; hostIp: string; port: number }[],
  target: number,
): { host: string; port: number } | null {
  const found = ports.find((entry) => entry.target === target);
  if (found === undefined) return null;
  const any = found.hostIp === '' || found.hostIp === '0.0.0.0' || found.hostIp === '::';
  return { host: any ? '127.0.0.1' : found.hostIp, port: found.port };
}
