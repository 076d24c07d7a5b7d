// What the runtime contract needs of an engine beside the port itself: images to run, and a hand that meddles.
import type { ContainerSpec } from '../../src/model/container-spec.ts';
import { LABEL } from '../../src/model/labels.ts';
import type { ContainerRuntime } from '../../src/ports/container-runtime.ts';
import type { CreateRequest } from '../support/fake-runtime-state.ts';
import { spec } from '../support/worlds.ts';

export const CONTROLLER = 'contract';

export interface RuntimeHarness {
  /** As the controller `contract` sees the engine. */
  runtime: ContainerRuntime;
  /** The same engine, as another controller sees it. */
  other: ContainerRuntime;
  /** Begins every name of this run, on an engine that others use too. */
  prefix: string;
  images: {
    /** Runs and serves on 8080. */
    web: string;
    /** The same, with a check of its own that passes. */
    checked: string;
    /** The same, whose check never passes. */
    checkedIll: string;
    /** Writes `reading the configuration` and ends with 3. */
    exits: string;
    /** On no engine and in no registry. */
    missing: string;
    /** Does not end at SIGTERM. */
    stubborn: string;
  };
  /** By hand: an image that nothing else needs, under these names; answers with its id. */
  addImage(names: readonly string[]): Promise<string>;
  /** By hand: a running container that is not ours, perhaps with a port of the host. */
  addStranger(name: string, port: number | null): Promise<void>;
  /** A port of the host that nobody has. */
  freePort(): Promise<number>;
  /** Removes what the test made. */
  cleanUp(): Promise<void>;
}

/** A create call for unit `PREFIX/prod`, first replica. */
export function createRequest(
  harness: RuntimeHarness,
  change: {
    name: string;
    spec?: Partial<ContainerSpec>;
    specHash?: string;
    endpoints?: CreateRequest['endpoints'];
    publishForProbe?: number;
    labels?: Record<string, string>;
  },
): CreateRequest {
  return {
    host: 'local',
    name: change.name,
    spec: spec({
      image: harness.images.web,
      networks: [],
      restart: { name: 'no', maxRetries: 0 },
      health: { type: 'none' },
      ...change.spec,
    }),
    labels: {
      [LABEL.managed]: 'true',
      [LABEL.controller]: CONTROLLER,
      [LABEL.unit]: `${harness.prefix}/prod`,
      [LABEL.workloadId]: `project.${harness.prefix}`,
      [LABEL.workloadKind]: 'project',
      [LABEL.role]: 'prod',
      [LABEL.replica]: '2',
      [LABEL.specHash]: change.specHash ?? 'aaaa1111',
      [LABEL.release]: 'v1',
      ...change.labels,
    },
    endpoints: change.endpoints ?? [],
    publishForProbe: change.publishForProbe ?? null,
  };
}
