// The faults of secrets, in words that name the secret and never its value.
import { MIN_SECRET_CHARACTERS } from '../../core/redact-forms.ts';
import { type Fault, fault } from '../../model/errors.ts';

export function secretUnreadable(facts: { name: string; why: string; hint: string; cause?: unknown }): Fault {
  return fault({
    code: 'SECRET_UNREADABLE',
    reason: 'SecretUnreadable',
    message: `The secret ${facts.name} cannot be read: ${facts.why}.`,
    hint: facts.hint,
    disposition: 'stalled',
    cause: facts.cause,
  });
}

/** So short a value would be replaced all over the log, and would be guessed from what is left. */
export function secretTooShort(name: string): Fault {
  return fault({
    code: 'SECRET_TOO_SHORT',
    reason: 'SecretTooShort',
    message: `The secret ${name} has fewer than ${MIN_SECRET_CHARACTERS} characters, too few to keep it out of the logs safely.`,
    hint: `Choose a longer value, or write it as plain text if it is not secret.`,
    disposition: 'stalled',
  });
}
