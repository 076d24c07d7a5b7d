// Is the process there, does the loop go round, and the numbers for Prometheus.
import { answer } from '../../core/json-envelope.ts';
import type { HttpDeps } from '../deps.ts';
import type { Handlers } from '../handler.ts';
import { success } from './envelope.ts';

export function healthRoutes(
  deps: Pick<HttpDeps, 'controller' | 'metrics' | 'clock'>,
): Handlers<'GET /healthz' | 'GET /readyz' | 'GET /metrics'> {
  const { controller, metrics, clock } = deps;
  return {
    'GET /healthz': (c) => success(c, answer('Health', clock.nowMs(), { alive: true })),

    'GET /readyz': (c) => {
      const { ready, reason } = controller.readiness();
      if (ready) return success(c, answer('Readiness', clock.nowMs(), { ready, reason }));
      return c.json(
        {
          success: false,
          error: {
            code: 'NOT_READY',
            reason: 'NotReady',
            message: reason,
            hint: '`tinyforge doctor` looks closer.',
          },
        },
        503,
      );
    },

    'GET /metrics': async (c) => {
      const { contentType, body } = await metrics.render(c.req.header('accept'));
      return c.body(body, 200, { 'Content-Type': contentType });
    },
  };
}
