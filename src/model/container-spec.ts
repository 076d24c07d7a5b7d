// What a container of ours is made from: Compose's words, normalised. Secrets stay references in here.

export interface PortBinding {
  /** Port inside the container. */
  target: number;
  /** Fixed port on the host, or null when the engine may choose one. */
  published: number | null;
  hostIp: string;
  protocol: 'tcp' | 'udp';
}

export interface Mount {
  type: 'volume' | 'bind' | 'tmpfs';
  /** Volume name, absolute host path, or '' for tmpfs and anonymous volumes. */
  source: string;
  target: string;
  readOnly: boolean;
}

/** How we know that a container is well. */
export type HealthCheck =
  | { type: 'http'; path: string; port: number; timing: CheckTiming }
  | { type: 'tcp'; port: number; timing: CheckTiming }
  /** A command in the container, run by the engine as its health check. */
  | { type: 'command'; test: string[]; timing: CheckTiming }
  /** The image's own HEALTHCHECK if it has one, else running for `settleMs`. */
  | { type: 'image'; settleMs: number; timing: CheckTiming }
  /** Not checked: started is good enough. */
  | { type: 'none' };

export interface CheckTiming {
  intervalMs: number;
  timeoutMs: number;
  retries: number;
  startPeriodMs: number;
}

/** A file put into the container before it starts. `content` may hold `${secret:NAME}`. */
export interface InjectedFile {
  target: string;
  content: string;
  /** As in chmod, 0o444. */
  mode: number;
}

/** A directory of the source that is copied into the container before it starts (sites). */
export interface InjectedTree {
  /** Absolute path on the controller. */
  from: string;
  target: string;
  /** Hash of the whole tree: what makes two releases different. */
  hash: string;
}

export interface ContainerSpec {
  /** `repo:tag` or `repo@sha256:…`, as it is asked for at the engine. */
  image: string;
  command: string[] | null;
  entrypoint: string[] | null;
  /** Values may hold `${secret:NAME}`; they are put in by the executor, never before. */
  environment: Record<string, string>;
  labels: Record<string, string>;
  user: string | null;
  workingDir: string | null;
  hostname: string | null;
  ports: PortBinding[];
  expose: number[];
  mounts: Mount[];
  files: InjectedFile[];
  trees: InjectedTree[];
  /** Networks to join; the first is the main one. */
  networks: string[];
  networkMode: string | null;
  restart: { name: 'no' | 'always' | 'unless-stopped' | 'on-failure'; maxRetries: number };
  stopSignal: string | null;
  stopGraceMs: number;
  resources: {
    memoryBytes: number | null;
    memoryReservationBytes: number | null;
    cpus: number | null;
    pids: number | null;
  };
  capAdd: string[];
  capDrop: string[];
  securityOpt: string[];
  groupAdd: string[];
  devices: string[];
  extraHosts: string[];
  dns: string[];
  readOnly: boolean;
  init: boolean;
  privileged: boolean;
  pid: string | null;
  ipc: string | null;
  shmSizeBytes: number | null;
  ulimits: Record<string, { soft: number; hard: number }>;
  sysctls: Record<string, string>;
  logging: { driver: string; options: Record<string, string> } | null;
  health: HealthCheck;
}
