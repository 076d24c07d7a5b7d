// A Compose that lives in memory: it keeps what it was asked for, and containers as the real one would have made them.
import { readFileSync } from 'node:fs';
import { numbersAfter } from '../../src/core/compose-numbers.ts';
import { type Fault, fault } from '../../src/model/errors.ts';
import type { ComposeRunner } from '../../src/ports/compose-runner.ts';
import { fakeConfig } from './fake-compose-config.ts';
import {
  type ComposeContainer,
  type ComposeContainers,
  type ComposeNetwork,
  inMemory,
} from './fake-compose-containers.ts';
import { createFaultPlan, type FaultMoment } from './fake-runtime-faults.ts';

/** Its calls, each of which may go wrong. */
export type ComposeCall = 'config' | 'hashes' | 'up' | 'version';

export interface FakeCompose extends ComposeRunner {
  /** How often `config` and `up` were asked. */
  configs(): number;
  ups(): { project: string; services: string[] }[];
  containers(project: string): ComposeContainer[];
  /** The next such call (after `skip` of them) throws this, before its effect or after it. */
  failNext(call: ComposeCall, error: Error, options?: { moment?: FaultMoment; skip?: number }): void;
  /** The next such call (after `skip` of them) resolves to this. */
  answerNext(call: 'config' | 'hashes', answer: unknown, options?: { skip?: number }): void;
  /** An `up` (after `skip` of them) ends with this once it has made, started or removed so many containers. */
  breakUp(error: Error, options: { step: number; skip?: number }): void;
  /** Containers that each `up` so far made, started or removed. */
  steps(): readonly number[];
  /** Each call so far, in their order. */
  calls(): readonly ComposeCall[];
  /** Faults that no call has met. */
  unmetFaults(): number;
  setVersion(version: string): void;
}

/** Its containers live in a map, or where `on` keeps them. */
export function createFakeCompose({ on: kept = inMemory() }: { on?: ComposeContainers } = {}): FakeCompose {
  const faults = createFaultPlan<ComposeCall>();
  const answers: { call: ComposeCall; answer: unknown; skip: number }[] = [];
  const broken: { error: Error; step: number; skip: number }[] = [];
  const steps: number[] = [];
  const ups: { project: string; services: string[] }[] = [];
  let configs = 0;
  let version = '2.26.1';

  const around = <T>(call: ComposeCall, effect: () => T): Promise<T> =>
    faults.around(call, '', () => {
      const planned = answers.find((one) => one.call === call);
      const result = effect();
      if (planned === undefined || planned.skip-- > 0) return result;
      answers.splice(answers.indexOf(planned), 1);
      return planned.answer as T;
    });

  return {
    version: () => around('version', () => version),
    config: (files, signal) =>
      around('config', () => {
        configs += 1;
        signal.throwIfAborted();
        try {
          return fakeConfig(files);
        } catch (error) {
          throw refused(error instanceof Error ? error.message : String(error));
        }
      }),
    hashes: (files, signal) =>
      around('hashes', () => {
        signal.throwIfAborted();
        const { services } = JSON.parse(readFileSync(files.files[0] ?? '', 'utf8')) as Model;
        return Object.fromEntries(Object.entries(services).map(([name, wanted]) => [name, hashOf(wanted)]));
      }),
    up: ({
      project,
      file,
      projectDirectory,
      services,
      recreate,
      scale = {},
      variables = {},
      signal,
      onLine,
    }) =>
      around('up', () => {
        signal.throwIfAborted();
        ups.push({ project, services: [...services] });
        const up = steps.push(0) - 1;
        const planned = dueOf(broken);
        const step = (line: string, effect: () => void): void => {
          if (planned !== null && planned.step === steps[up]) throw planned.error;
          effect();
          steps[up] = (steps[up] ?? 0) + 1;
          onLine(line);
        };
        const model = JSON.parse(readFileSync(file, 'utf8')) as Model;
        const needed = [...Object.values(model.configs ?? {}), ...Object.values(model.secrets ?? {})];
        for (const { environment } of needed) {
          if (environment !== undefined && variables[environment] === undefined) {
            throw upFailed(`environment variable "${environment}" required by file is not set`);
          }
        }
        for (const service of services) {
          const wanted = model.services[service];
          if (wanted === undefined) throw refused(`no such service: ${service}`);
          const hash = hashOf(wanted);
          const networks = networksOf(wanted, model);
          const own = () => kept.of(project).filter((container) => container.service === service);
          const make = (name: string, number: number): void =>
            kept.create(
              {
                name,
                service,
                image: wanted.image,
                environment: wanted.environment ?? {},
                labels: {
                  ...wanted.labels,
                  'com.docker.compose.project': project,
                  'com.docker.compose.project.working_dir': projectDirectory,
                  'com.docker.compose.service': service,
                  'com.docker.compose.config-hash': hash,
                  'com.docker.compose.container-number': String(number),
                  'com.docker.compose.oneoff': 'False',
                },
              },
              networks,
            );
          const there = own().sort((a, b) => numberOf(a) - numberOf(b));
          const beside = scale[service];
          const wish = beside ?? wanted.scale ?? wanted.deploy?.replicas ?? 1;
          for (const [index, { name, labels }] of there.entries()) {
            if (beside !== undefined) continue;
            if (index >= wish) step(`Container ${name}  Removed`, () => kept.remove(project, name));
            else if (labels['com.docker.compose.config-hash'] !== hash || recreate !== undefined)
              step(`Container ${name}  Recreated`, () => {
                kept.remove(project, name);
                make(name, numberOf({ labels }));
              });
          }
          for (const number of numbersAfter(there.map(numberOf), Math.max(0, wish - there.length))) {
            const name = wanted.container_name ?? `${project}-${service}-${number}`;
            step(`Container ${name}  Created`, () => make(name, number));
          }
          for (const { name, isUp } of own())
            if (!isUp) step(`Container ${name}  Started`, () => kept.start(project, name));
        }
        if (planned !== null) throw planned.error;
      }),
    configs: () => configs,
    ups: () => ups,
    containers: (project) => kept.of(project),
    failNext: (call, error, { moment = 'before', skip = 0 } = {}) =>
      faults.add({ call, error, moment, subject: null, skip }),
    answerNext: (call, answer, { skip = 0 } = {}) => void answers.push({ call, answer, skip }),
    breakUp: (error, { step, skip = 0 }) => void broken.push({ error, step, skip }),
    steps: () => steps,
    calls: () => faults.calls,
    unmetFaults: () => faults.left().length + answers.length + broken.length,
    setVersion: (next) => {
      version = next;
    },
  };
}

/** The one whose turn it is, which has it only once. */
function dueOf<T extends { skip: number }>(planned: T[]): T | null {
  const due = planned.find(({ skip }) => skip === 0) ?? null;
  for (const one of planned) one.skip -= 1;
  if (due !== null) planned.splice(planned.indexOf(due), 1);
  return due;
}

function networksOf({ networks }: Model['services'][string], model: Model): ComposeNetwork[] {
  return Object.entries(networks ?? {}).map(([key, given]) => {
    const { name = key, external = false } = model.networks?.[key] ?? {};
    return { name, isExternal: external, aliases: given?.aliases ?? [] };
  });
}

function hashOf(wanted: Model['services'][string]): string {
  return JSON.stringify({ ...wanted, scale: null, depends_on: null });
}

function numberOf({ labels }: Pick<ComposeContainer, 'labels'>): number {
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
      networks?: Record<string, { aliases?: string[] } | null>;
    }
  >;
  networks?: Record<string, { name?: string; external?: boolean }>;
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
