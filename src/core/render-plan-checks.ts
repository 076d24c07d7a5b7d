// A health check in words.
import type { HealthCheck } from '../model/container-spec.ts';
import { duration } from './time-words.ts';

export function checkWords(check: HealthCheck): string {
  switch (check.type) {
    case 'http':
      return `GET :${check.port}${check.path}, ${tries(check.timing)}`;
    case 'tcp':
      return `port ${check.port} answers, ${tries(check.timing)}`;
    case 'command':
      return `its check command, ${tries(check.timing)}`;
    case 'image':
      return `the image's own check, else running for ${duration(check.settleMs)}`;
    case 'none':
      return 'started, no check';
  }
}

function tries(timing: { retries: number; intervalMs: number }): string {
  return `${timing.retries} ${timing.retries === 1 ? 'try' : 'tries'} every ${duration(timing.intervalMs)}`;
}
