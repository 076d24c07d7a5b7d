// Creating a container on a fake engine: the image must be there, and a name is given once.
import { digestOf } from '../../src/adapters/docker/image-name.ts';
import { LABEL } from '../../src/model/labels.ts';
import { tell } from './fake-runtime-containers.ts';
import { engineFault } from './fake-runtime-faults.ts';
import {
  type CreateRequest,
  type FakeContainer,
  type FakeState,
  findImage,
  nextId,
} from './fake-runtime-state.ts';

export function createContainer(state: FakeState, request: CreateRequest): { id: string } {
  const { spec, name } = request;
  const image = findImage(state, spec.image);
  if (image === undefined)
    throw engineFault('ImageMissing', 'retry', `engine local does not have the image ${spec.image}`);
  const labels: Record<string, string> = {
    [LABEL.imageDigest]: digestOf(spec.image, image),
    ...spec.labels,
    ...request.labels,
  };
  const holder = [...state.containers.values()].find((container) => container.name === name);
  if (holder !== undefined) {
    const keys = [LABEL.controller, LABEL.unit, LABEL.specHash];
    if (keys.every((key) => holder.labels[key] === labels[key]) && labels[LABEL.specHash] !== undefined)
      return { id: holder.id };
    throw engineFault('NameTaken', 'conflict', `the name ${name} on engine local belongs to a container`);
  }
  const ports = spec.ports.map((port) => ({ ...port, live: null as number | null }));
  if (request.publishForProbe !== null) {
    const probe = { target: request.publishForProbe, published: null, live: null };
    ports.push({ ...probe, hostIp: '127.0.0.1', protocol: 'tcp' });
  }
  const container: FakeContainer = {
    id: nextId(state),
    name,
    image: spec.image,
    imageId: image.id,
    labels,
    request,
    state: 'created',
    health: 'none',
    healthOutput: null,
    exitCode: 0,
    createdAtMs: state.nowMs(),
    startedAtMs: null,
    restartCount: 0,
    ports,
    endpoints: new Map(
      request.endpoints.map(({ network, aliases }) => [
        network,
        { endpointId: '', networkId: '', ip: '', aliases: [...aliases] },
      ]),
    ),
    files: new Map(),
    log: [],
  };
  state.containers.set(container.id, container);
  tell(state, container, 'create');
  return { id: container.id };
}
