// The kind `project`: one image, in stages, each with replicas.
import type { DesiredProject } from '../../model/desired.ts';
import type { KindPlanner } from '../../model/kind.ts';
import { needs, plan } from './plan.ts';

export const projectPlanner: KindPlanner<DesiredProject> = {
  kind: 'project',
  needs,
  plan,
  check: (desired) => desired.spec.health,
};
