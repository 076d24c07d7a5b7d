// Writes down one deploy while it is walked: status, steps with their times, and a line per action.
import { describeAction } from '../core/describe-action.ts';
import { proofWords } from '../core/switch-proof.ts';
import type { Action, ActionType } from '../model/action.ts';
import { isFault } from '../model/errors.ts';
import type { DeployStatus } from '../model/outcome.ts';
import type { UnitPlan } from '../model/plan.ts';
import type { DeployRow, DeployStep, SwitchProof } from '../model/record.ts';
import type { EngineDeps } from './deps.ts';
import { SUPERSEDED } from './open-deploys.ts';

export interface DeployRecorder {
  readonly id: number | null;
  began(action: Action): void;
  ended(action: Action, error: unknown): void;
  log(level: 'info' | 'warn' | 'error', phase: string, text: string): void;
  /** What went through the proxy during the switch. */
  proved(proof: SwitchProof): void;
  finish(status: DeployStatus, facts: { reason: string | null; message: string | null }): void;
}

const STEP_OF: Record<ActionType, string> = {
  pullImage: 'Pull',
  fetchContent: 'Pull',
  runBuild: 'Build',
  buildImage: 'Build',
  ensureNetwork: 'Start',
  ensureVolume: 'Start',
  createContainer: 'Start',
  putArchive: 'Start',
  startContainer: 'Start',
  adoptContainers: 'Start',
  takeName: 'Start',
  materialiseStack: 'Start',
  composeUp: 'Start',
  awaitHealthy: 'Health',
  awaitServices: 'Health',
  proveRoute: 'Switch',
  putRoute: 'Switch',
  holdCanary: 'Switch',
  removeRoute: 'Clean up',
  connectNetwork: 'Switch',
  disconnectNetwork: 'Switch',
  drain: 'Drain',
  stopContainer: 'Clean up',
  renameContainer: 'Clean up',
  removeContainer: 'Clean up',
  removeNetwork: 'Clean up',
  removeImage: 'Clean up',
  quarantine: 'Clean up',
};

const STATUS_OF: Record<string, DeployStatus> = {
  Pull: 'pulling',
  Build: 'starting',
  Start: 'starting',
  Stop: 'starting',
  Health: 'health_checking',
  Switch: 'configuring_proxy',
  Drain: 'configuring_proxy',
  'Clean up': 'configuring_proxy',
};

/**
 * Goes on with the open deploy of the same generation, or with the one that was stuck and is tried again; or begins a new
 * one. To stop is none of what never came.
 */
export function beginDeploy(
  deps: EngineDeps,
  plan: UnitPlan,
  facts: { workloadId: string; revision: string | null; stops: boolean; stuck: number | undefined },
): DeployRecorder {
  const { store, clock } = deps;
  const specHash = plan.generation?.specHash ?? null;
  const open = store
    .deploys(plan.unit, { limit: 1 })
    .find(({ finishedAtMs, id }) => finishedAtMs === null || id === facts.stuck);
  const goesOn =
    open?.specHash === specHash && (!facts.stops || open.cause === plan.cause?.text) ? open : undefined;
  if (open?.finishedAtMs === null && goesOn === undefined)
    store.updateDeploy(open.id, { ...SUPERSEDED, finishedAtMs: clock.nowMs() });
  if (goesOn !== undefined && goesOn.finishedAtMs !== null)
    store.updateDeploy(goesOn.id, { status: 'pending', reason: null, message: null, finishedAtMs: null });
  const row =
    goesOn ??
    store.startDeploy({
      unit: plan.unit,
      workloadId: facts.workloadId,
      status: 'pending',
      fromVersion: plan.runs,
      toVersion: plan.wants,
      specHash,
      digest: plan.generation?.digest ?? null,
      revision: facts.revision,
      cause: plan.cause?.text ?? '',
      reason: null,
      message: null,
      startedAtMs: clock.nowMs(),
      finishedAtMs: null,
      steps: [],
      proof: null,
    });
  return recorder(deps, row, stepsOf(plan));
}

/** For plans that are no deploy (healing, cleaning): said in the log, not counted. */
export function noDeploy(deps: Pick<EngineDeps, 'log'>, unit: string): DeployRecorder {
  return {
    id: null,
    began: (action) => deps.log.info(describeAction(action), { workload: unit, phase: action.phase }),
    ended: () => {},
    log: () => {},
    proved: () => {},
    finish: () => {},
  };
}

function recorder({ store, clock, log }: EngineDeps, row: DeployRow, names: string[]): DeployRecorder {
  let steps: DeployStep[] = names.map((name) => ({
    name,
    status: 'waiting',
    startedAtMs: null,
    finishedAtMs: null,
    detail: null,
  }));
  const write = (level: 'info' | 'warn' | 'error', phase: string, text: string): void => {
    store.addDeployLog({ deployId: row.id, atMs: clock.nowMs(), level, phase, text: text.slice(0, 2_000) });
  };
  const edit = (name: string, change: (step: DeployStep) => DeployStep): void => {
    steps = steps.map((step) => (step.name === name ? change(step) : step));
  };
  return {
    id: row.id,
    began(action) {
      const name = stepOf(action);
      const now = clock.nowMs();
      steps = steps.map((step) => {
        if (step.name === name)
          return { ...step, status: 'now', startedAtMs: step.startedAtMs ?? now, finishedAtMs: null };
        return step.status === 'now' ? { ...step, status: 'done', finishedAtMs: now } : step;
      });
      const text = describeAction(action);
      store.transaction(() => {
        store.updateDeploy(row.id, {
          status: STATUS_OF[name] ?? 'pending',
          steps,
          reason: null,
          message: null,
        });
        write('info', action.phase, text);
      });
      log.info(text, { workload: row.unit, phase: action.phase });
    },
    ended(action, error) {
      const name = stepOf(action);
      const finishedAtMs = clock.nowMs();
      if (error === null) return edit(name, (step) => ({ ...step, finishedAtMs }));
      const message = error instanceof Error ? error.message : String(error);
      edit(name, (step) => ({ ...step, status: 'failed', finishedAtMs, detail: message.slice(0, 300) }));
      store.transaction(() => {
        store.updateDeploy(row.id, { steps });
        write('error', action.phase, message);
        if (isFault(error)) for (const line of error.evidence) write('warn', 'evidence', line);
      });
      const reason = isFault(error) ? error.reason : 'Unexpected';
      log.warn(message, { workload: row.unit, phase: action.phase, reason });
    },
    log: write,
    proved(proof) {
      store.transaction(() => {
        store.updateDeploy(row.id, { proof });
        write(proof.failed > 0 ? 'warn' : 'info', 'switch', `through the proxy: ${proofWords(proof)}`);
      });
    },
    finish(status, { reason, message }) {
      const finishedAtMs = clock.nowMs();
      steps = steps.map((step) => {
        if (step.status === 'now') return { ...step, status: 'done', finishedAtMs };
        return step.status === 'waiting' ? { ...step, status: 'skipped' } : step;
      });
      store.updateDeploy(row.id, { status, reason, message, finishedAtMs, steps });
    },
  };
}

function stepOf(action: Action): string {
  if (action.type === 'stopContainer' && action.phase === 'switch') return 'Stop';
  return STEP_OF[action.type];
}

function stepsOf(plan: UnitPlan): string[] {
  return [...new Set(plan.actions.map(stepOf))];
}
