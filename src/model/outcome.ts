// How a unit, a deploy and a container stand: three axes that are never mixed.

/** The state of a unit (law 9), worst first as lists sort it. */
export type Outcome =
  | 'failed'
  | 'degraded'
  | 'rolled-back'
  | 'held'
  | 'progressing'
  | 'waiting'
  | 'suspended'
  | 'ejected'
  | 'converged';

/** The progress of one deploy. */
export type DeployStatus =
  | 'pending'
  | 'pulling'
  | 'starting'
  | 'health_checking'
  | 'configuring_proxy'
  | 'success'
  | 'failed'
  | 'rolled_back';

/** The state of one container in the index. */
export type ContainerState = 'running' | 'stopped' | 'failed' | 'removing' | 'missing';

/** What the loop does next with a unit; only the queue turns this into time. */
export type Step =
  | { type: 'done' }
  | { type: 'wait'; afterMs: number | null; reason: string }
  | { type: 'retry'; error: Error }
  | { type: 'stalled'; error: Error };
