// The body of a create call from our specification of a container.
import type { CheckTiming, ContainerSpec } from '../../model/container-spec.ts';
import type { ContainerRuntime } from '../../ports/container-runtime.ts';
import { isOlder } from './api-version.ts';
import { hostConfig, present } from './host-config.ts';

export type CreateRequest = Parameters<ContainerRuntime['createContainer']>[0];

/** `{ network: aliases }` of one endpoint as the engine wants it. */
export function endpointConfig(aliases: readonly string[]): { Aliases: string[] } {
  return { Aliases: [...aliases] };
}

/** Whether one create call may name several networks; older engines take one, the rest is connected after. */
export function takesManyNetworks(apiVersion: string): boolean {
  return !isOlder(apiVersion, '1.44');
}

/** Engine API `POST /containers/create`. `labels` are complete: ours are put in by the caller. */
export function createBody(
  request: CreateRequest,
  options: { apiVersion: string; labels: Record<string, string> },
): Record<string, unknown> {
  const { spec, endpoints } = request;
  const atCreate = takesManyNetworks(options.apiVersion) ? endpoints : endpoints.slice(0, 1);
  const networkMode = spec.networkMode ?? endpoints[0]?.network ?? null;
  return present({
    Image: spec.image,
    Cmd: spec.command,
    Entrypoint: spec.entrypoint,
    Env: Object.entries(spec.environment).map(([name, value]) => `${name}=${value}`),
    Labels: { ...spec.labels, ...options.labels },
    User: spec.user,
    WorkingDir: spec.workingDir,
    Hostname: spec.hostname,
    ExposedPorts: exposedPorts(request),
    StopSignal: spec.stopSignal,
    StopTimeout: Math.ceil(spec.stopGraceMs / 1000),
    Healthcheck: healthcheck(spec),
    HostConfig: hostConfig(spec, {
      apiVersion: options.apiVersion,
      networkMode,
      publishForProbe: request.publishForProbe,
    }),
    NetworkingConfig:
      spec.networkMode === null && atCreate.length > 0
        ? {
            EndpointsConfig: Object.fromEntries(
              atCreate.map(({ network, aliases }) => [network, endpointConfig(aliases)]),
            ),
          }
        : null,
  });
}

function exposedPorts({ spec, publishForProbe }: CreateRequest): Record<string, object> {
  const ports = [
    ...spec.expose.map((port) => `${port}/tcp`),
    ...spec.ports.map((port) => `${port.target}/${port.protocol}`),
    ...(publishForProbe === null ? [] : [`${publishForProbe}/tcp`]),
  ];
  return Object.fromEntries(ports.map((port) => [port, {}]));
}

/** Only a command is the engine's to run; HTTP and TCP are asked by us, and the image keeps its own check. */
function healthcheck({ health }: ContainerSpec): Record<string, unknown> | null {
  if (health.type !== 'command') return null;
  const isForm = ['CMD', 'CMD-SHELL', 'NONE'].includes(health.test[0] ?? '');
  return { Test: isForm ? health.test : ['CMD', ...health.test], ...timing(health.timing) };
}

/** The engine counts in nanoseconds, takes 0 as "my default" and refuses less than a millisecond. */
function timing(check: CheckTiming): Record<string, number> {
  return {
    Interval: check.intervalMs * 1e6,
    Timeout: check.timeoutMs * 1e6,
    Retries: check.retries,
    StartPeriod: check.startPeriodMs * 1e6,
  };
}
