// What one level of a project says about its containers, read and with units; what it does not say is absent.

import type { NamedImage } from '../../core/catalog-image.ts';
import type { CommonPart } from '../../core/catalog-unit.ts';
import type { MountBase } from '../../core/compose-values-mounts.ts';
import type { Path } from '../../core/documents.ts';
import type { Report } from '../../core/validate-report.ts';
import type {
  CheckTiming,
  ContainerSpec,
  InjectedFile,
  Mount,
  PortBinding,
} from '../../model/container-spec.ts';
import type { CanaryMetric, CanaryStep, DesiredProject } from '../../model/desired.ts';

/** Where a level stands, and where problems go. */
export interface Level {
  path: Path;
  base: MountBase;
  report: Report;
}

/** A health check before the port and the defaults are known. */
export interface HealthPart {
  way?:
    | { type: 'http'; path: string }
    | { type: 'tcp'; port: number | null }
    | { type: 'command'; test: string[] }
    | { type: 'none' };
  port?: number;
  timing: Partial<CheckTiming>;
  settleMs?: number;
}

export interface ServicePart extends CommonPart {
  image?: NamedImage;
  tag?: string;
  digest?: string;
  follow?: 'digest';
  replicas?: number;
  strategy?: DesiredProject['strategy'];
  canary?: CanaryStep[];
  canaryMetrics?: CanaryMetric[];
  sharedVolumes?: boolean;
  drainMs?: number;
  probationMs?: number;
  envFiles?: string[];
  command?: string[];
  entrypoint?: string[];
  environment?: Record<string, string>;
  labels?: Record<string, string>;
  user?: string;
  workingDir?: string;
  hostname?: string;
  ports?: PortBinding[];
  expose?: number[];
  mounts?: Mount[];
  files?: InjectedFile[];
  networks?: string[];
  networkMode?: string;
  health?: HealthPart;
  restart?: ContainerSpec['restart'];
  stopSignal?: string;
  stopGraceMs?: number;
  resources?: Partial<ContainerSpec['resources']>;
  capAdd?: string[];
  capDrop?: string[];
  securityOpt?: string[];
  groupAdd?: string[];
  devices?: string[];
  extraHosts?: string[];
  dns?: string[];
  readOnly?: boolean;
  init?: boolean;
  privileged?: boolean;
  pid?: string;
  ipc?: string;
  shmSizeBytes?: number;
  ulimits?: ContainerSpec['ulimits'];
  sysctls?: Record<string, string>;
  logging?: { driver?: string; options: Record<string, string> };
}
