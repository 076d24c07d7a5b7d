// Secrets by name. Values leave here only into a container, a child that needs them, or a signature check.

export interface Secrets {
  /** The value, or null when no secret has that name. Faults: SecretUnreadable (stalled). */
  get(name: string): string | null;
  /** Names that are known. */
  names(): string[];
  /** Replaces every known value in a text by its reference. For logs and errors, at their construction. */
  redact(text: string): string;
}
