// What the loop asks of whoever keeps the metrics of what runs.

export interface Measures {
  /**
   * The values that an expression has now; none where there is no data, and what is no number (0 divided by 0) is no
   * data either. Faults: MeasuresAway (retry), QueryRefused (stalled).
   */
  ask(query: string, signal: AbortSignal): Promise<number[]>;
}
