// Container lists as an engine writes them, in any size: what the bench and the splitter's tests are measured on.
import { createHash } from 'node:crypto';
import { LABEL } from '../../src/model/labels.ts';

const REPLICAS_PER_WORKLOAD = 10;

export interface CannedContainer {
  id: string;
  name: string;
  /** One object of the engine's list. */
  element: string;
  endpointId: string;
  network: string;
  aliases: string[];
}

/** Container number `index` of a canned list: replica of a project, ten to a workload. Always the same for a number. */
export function cannedContainer(index: number, options: { controller: string }): CannedContainer {
  const workload = Math.floor(index / REPLICAS_PER_WORKLOAD);
  const replica = (index % REPLICAS_PER_WORKLOAD) + 1;
  const project = `shop${String(workload).padStart(4, '0')}`;
  const id = hex(`container ${index}`);
  const specHash = hex(`spec ${workload}`).slice(0, 16);
  const digest = `sha256:${hex(`image ${workload % 50}`)}`;
  const name = `${project}-prod-${specHash.slice(0, 6)}-${replica}`;
  const network = `${project}-net`;
  const endpointId = hex(`endpoint ${index}`);
  const address = `10.${Math.floor(workload / 250)}.${workload % 250}.${replica + 1}`;
  const element = JSON.stringify({
    Id: id,
    Names: [`/${name}`],
    Image: `registry.example.com/acme/${project}:2.1.4`,
    ImageID: digest,
    Command: '/docker-entrypoint.sh /usr/local/bin/serve --listen 0.0.0.0:8080',
    Created: 1_790_000_000 + index,
    Ports: [{ PrivatePort: 8080, Type: 'tcp' }],
    Labels: {
      [LABEL.managed]: 'true',
      [LABEL.controller]: options.controller,
      [LABEL.unit]: `${project}/prod`,
      [LABEL.workloadId]: `project.${project}`,
      [LABEL.workloadKind]: 'project',
      [LABEL.role]: 'prod',
      [LABEL.replica]: String(replica),
      [LABEL.specHash]: specHash,
      [LABEL.imageDigest]: digest,
      [LABEL.release]: '2.1.4',
      'org.opencontainers.image.source': `https://git.example.com/acme/${project}`,
      'org.opencontainers.image.revision': hex(`revision ${workload}`).slice(0, 40),
      'org.opencontainers.image.created': '2026-11-20T09:14:03Z',
    },
    State: 'running',
    Status: 'Up 2 hours (healthy)',
    HostConfig: { NetworkMode: network },
    NetworkSettings: {
      Networks: {
        [network]: {
          IPAMConfig: null,
          Links: null,
          Aliases: null,
          MacAddress: '02:42:0a:00:00:02',
          NetworkID: hex(`network ${workload}`),
          EndpointID: endpointId,
          Gateway: '10.0.0.1',
          IPAddress: address,
          IPPrefixLen: 24,
          IPv6Gateway: '',
          GlobalIPv6Address: '',
          GlobalIPv6PrefixLen: 0,
          DriverOpts: null,
          DNSNames: null,
        },
      },
    },
    Mounts: [
      {
        Type: 'volume',
        Name: `${project}_cache`,
        Source: `/var/lib/docker/volumes/${project}_cache/_data`,
        Destination: '/var/cache/app',
        Driver: 'local',
        Mode: 'z',
        RW: false,
        Propagation: '',
      },
    ],
  });
  return { id, name, element, endpointId, network, aliases: [project, `${project}-prod`] };
}

export interface CannedContainers {
  /** The body of `GET /containers/json?all=1`; 10,000 containers are about 17.6 MB. */
  list: Buffer;
  /** The answer to an inspection by id: no more than where the aliases stand. */
  inspect(id: string): unknown;
}

export function cannedContainers(count: number, options: { controller: string }): CannedContainers {
  const elements: string[] = [];
  const indexes = new Map<string, number>();
  for (let index = 0; index < count; index++) {
    const { id, element } = cannedContainer(index, options);
    elements.push(element);
    indexes.set(id, index);
  }
  return {
    list: Buffer.from(`[${elements.join(',')}]\n`),
    inspect(id) {
      const index = indexes.get(id);
      if (index === undefined) return null;
      const { name, network, endpointId, aliases } = cannedContainer(index, options);
      return {
        Id: id,
        Name: `/${name}`,
        Config: { Labels: {}, Tty: false },
        State: { Status: 'running', Running: true, ExitCode: 0, OOMKilled: false, Error: '', StartedAt: '' },
        NetworkSettings: { Networks: { [network]: { Aliases: aliases, EndpointID: endpointId } } },
      };
    },
  };
}

function hex(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
