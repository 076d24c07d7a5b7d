// Numbers for Prometheus, named by what happened; the adapter knows the exposition format.
import type { Overview } from '../model/status.ts';

export interface Metrics {
  passEnded(facts: { durationMs: number; result: 'success' | 'error' }): void;
  actionEnded(facts: { type: string; durationMs: number; result: 'success' | 'error' }): void;
  deployEnded(facts: { unit: string; kind: string; result: string; durationMs: number }): void;
  webhook(facts: { hook: string; result: 'accepted' | 'duplicate' | 'ignored' | 'refused' }): void;
  /** Gauges are set from the overview after each pass. */
  observe(overview: Overview): void;
  /** The exposition text and its content type. */
  render(accept: string | undefined): Promise<{ contentType: string; body: string }>;
}
