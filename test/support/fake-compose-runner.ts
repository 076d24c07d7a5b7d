// A Compose that lives in memory: it keeps what it was asked for, and containers as the real one would have made them.
import { readFileSync } from 'node:fs';
import { numbersAfter } from '../../src/core/compose-numbers.ts';
import { type Fault, fault } from '../../src/model/errors.ts';
import type { ComposeRunner } from '../../src/ports/compose-runner.ts';
import { fakeConfig } from './fake-compose-config.ts';

export interface FakeContainer {
  name: string;
  service: string;
  image: string;
  labels: Record<string, string>;
  environment: Record<string, string>;
  /** Counts up with each container that is made. */
  id: number;
}

export interface FakeCompose extends ComposeRunner {
  /** How often `config` and `up` were asked. */
  configs(): number;
  ups(): { project: string; services: string[] }[];
  containers(project: string): FakeContainer[];
  /** The next call throws this. */
  failNext(call: 'config' | 'up' | 'version', error: Fault): void;
  setVersion(version: string): void;
}

/** `onUp` hears of each container that an `up` made, for rigs that keep an engine of their own. */
export function createFakeCompose(options: { onUp?: (made: FakeContainer[]) => void } = {}): FakeCompose {
  const containers = new Map<string, FakeContainer>();
  const failures = new Map<string, Fault>();
  const ups: { project: string; services: string[] }[] = [];
  let configs = 0;
  let version = '2.26.1';
  let ids = 0;

  function failIfTold(call: 'config' | 'up' | 'version'): void {
    const error = failures.get(call);
    failures.delete(call);
    if (error !== undefined) throw error;
  }

  return {
    async version() {
      failIfTold('version');
      return version;
    },
    async config(files, signal) {
      configs += 1;
      signal.throwIfAborted();
      failIfTold('config');
      try {
        return fakeConfig(files);
      } catch (error) {
        throw refused(error instanceof Error ? error.message : String(error));
      }
    },
    async hashes(files, signal) {
      signal.throwIfAborted();
      const { services } = JSON.parse(readFileSync(files.files[0] ?? '', 'utf8')) as Model;
      return Object.fromEntries(Object.entries(services).map(([name, wanted]) => [name, hashOf(wanted)]));
    },
    async up({ project, file, services, recreate, scale = {}, variables = {}, signal, onLine }) {
      signal.throwIfAborted();
      failIfTold('up');
      ups.push({ project, services: [...services] });
      const model = JSON.parse(readFileSync(file, 'utf8')) as Model;
      const needed = [...Object.values(model.configs ?? {}), ...Object.values(model.secrets ?? {})];
      for (const { environment } of needed) {
        if (environment !== undefined && variables[environment] === undefined) {
          throw upFailed(`environment variable "${environment}" required by file is not set`);
        }
      }
      const made: FakeContainer[] = [];
      for (const service of services) {
        const wanted = model.services[service];
        if (wanted === undefined) throw refused(`no such service: ${service}`);
        const there = [...containers.values()].filter(
          ({ service: of, labels }) => of === service && labels['com.docker.compose.project'] === project,
        );
        const beside = scale[service];
        const numbers =
          beside === undefined
            ? Array.from({ length: wanted.scale ?? wanted.deploy?.replicas ?? 1 }, (_, index) => index + 1)
            : numbersAfter(there.map(numberOf), beside - there.length);
        for (const number of numbers) {
          const name = wanted.container_name ?? `${project}-${service}-${number}`;
          const hash = hashOf(wanted);
          const before = containers.get(`${project}/${name}`)?.labels['com.docker.compose.config-hash'];
          if (before === hash && recreate === undefined) continue;
          onLine(`Container ${name}  Created`);
          const container: FakeContainer = {
            name,
            service,
            image: wanted.image,
            environment: wanted.environment ?? {},
            labels: {
              ...wanted.labels,
              'com.docker.compose.project': project,
              'com.docker.compose.service': service,
              'com.docker.compose.config-hash': hash,
              'com.docker.compose.container-number': String(number),
            },
            id: ++ids,
          };
          containers.set(`${project}/${name}`, container);
          made.push(container);
        }
      }
      options.onUp?.(made);
    },
    configs: () => configs,
    ups: () => ups,
    containers: (project) =>
      [...containers.entries()]
        .filter(([key]) => key.startsWith(`${project}/`))
        .map(([, container]) => container),
    failNext: (call, error) => void failures.set(call, error),
    setVersion: (next) => {
      version = next;
    },
  };
}

function hashOf(wanted: Model['services'][string]): string {
  return JSON.stringify({ ...wanted, scale: null, depends_on: null });
}

function numberOf({ labels }: FakeContainer): number {
  return Number(labels['com.docker.compose.container-number']);
}

interface Model {
  services: Record<
    string,
    {
      image: string;
      container_name?: string;
      scale?: number;
      deploy?: { replicas?: number };
      labels?: Record<string, string>;
      environment?: Record<string, string>;
    }
  >;
  configs?: Record<string, { environment?: string }>;
  secrets?: Record<string, { environment?: string }>;
}

function refused(message: string): Fault {
  return fault({
    code: 'COMPOSE_REFUSED',
    reason: 'ComposeRefused',
    message: `Compose refuses these files: ${message}`,
    disposition: 'stalled',
  });
}

function upFailed(message: string): Fault {
  return fault({ code: 'COMPOSE_UP_FAILED', reason: 'ComposeUpFailed', message, disposition: 'version' });
}
