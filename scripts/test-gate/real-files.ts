// What the gate knows of single test files that need a real engine: who is to be alone, and who takes long.

/**
 * They compare times that they have measured, and what runs beside them would be in the figures; or they are a load that
 * others would starve by; or, as the demo, they use what a checkout has once.
 */
export const alone: readonly string[] = [
  'test/e2e/demo.test.ts',
  'test/integration/compose-hostile.test.ts',
  'test/integration/directory-reading.test.ts',
  'test/integration/directory-watching.test.ts',
  'test/integration/drain.test.ts',
  'test/integration/proxy-load.caddy.test.ts',
  'test/integration/proxy-load.npm.test.ts',
  'test/integration/proxy-replicas.caddy.test.ts',
  'test/integration/proxy-replicas.npm.test.ts',
  'test/integration/stack-switch-load.test.ts',
];

/** A minute or more each, the longest first. One that is missing here costs time, nothing else. */
export const begunFirst: readonly string[] = [
  'test/fault/kind-killed.test.ts',
  'test/fault/rename-killed.test.ts',
  'test/integration/stack-build.test.ts',
  'test/fault/project-killed.test.ts',
  'test/fault/site-killed.test.ts',
  'test/integration/stack-switch.test.ts',
  'test/integration/rollback.test.ts',
  'test/fault/npm-calls.test.ts',
  'test/integration/stack-adoption.test.ts',
  'test/integration/engine-faults-neighbours.test.ts',
  'test/e2e/image.test.ts',
  'test/integration/stack-drift.test.ts',
  'test/fault/adoption-killed.test.ts',
  'test/fault/npm-deploy.test.ts',
  'test/fault/ejected-killed.test.ts',
  'test/integration/stack-collisions.test.ts',
  'test/integration/recovery-networks.test.ts',
  'test/integration/stack-failures.test.ts',
  'test/integration/routed-project.test.ts',
];
