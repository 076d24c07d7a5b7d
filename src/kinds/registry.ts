// The kinds that there are, one typed line each.
import type { KindPlanner, Planners } from '../model/kind.ts';
import { projectPlanner } from './project/index.ts';
import { proxyPlanner } from './proxy/index.ts';
import { sitePlanner } from './site/index.ts';
import { stackPlanner } from './stack/index.ts';

export const planners: Planners = {
  project: projectPlanner as KindPlanner,
  site: sitePlanner as KindPlanner,
  stack: stackPlanner as KindPlanner,
  proxy: proxyPlanner as KindPlanner,
};
