// Secrets by name, from a directory of files and from the environment, and the redaction of all of them.
import { readdirSync } from 'node:fs';
import { createRedactor, type KnownSecret, type Redact } from '../../core/redact.ts';
import { MIN_SECRET_CHARACTERS } from '../../core/redact-forms.ts';
import type { Secrets } from '../../ports/secrets.ts';
import { readSecretFile, type SecretFile, stampOf } from './read-secret-file.ts';
import { secretTooShort } from './secret-faults.ts';
import { isSecretName, nameOfVariable, variableOf } from './secret-name.ts';

/** Values that were replaced stay known, for a running container may still print the old one. */
const MAX_KNOWN_VALUES = 2_000;

/**
 * A variable TINYFORGE_SECRET_NAME wins over the file NAME, as the environment wins over tinyforge.yaml.
 * Files are read again when their stamp changes. All readable values are known for redaction from the start.
 */
export function createSecrets(options: {
  /** Absolute path, or null for the environment alone. */
  directory: string | null;
  environment: Readonly<Record<string, string | undefined>>;
}): Secrets {
  const { directory, environment } = options;
  const files = new Map<string, SecretFile>();
  const known: KnownSecret[] = [];
  let redact: Redact | null = null;

  function get(name: string): string | null {
    if (!isSecretName(name)) return null;
    const value = environment[variableOf(name)] ?? fromFile(name);
    if (value === null) return null;
    if (value.length < MIN_SECRET_CHARACTERS) throw secretTooShort(name);
    learn(name, value);
    return value;
  }

  function fromFile(name: string): string | null {
    if (directory === null) return null;
    const before = files.get(name);
    if (before !== undefined && before.stamp === stampOf(directory, name)) return before.value;
    const file = readSecretFile(directory, name);
    if (file === null) files.delete(name);
    else files.set(name, file);
    return file?.value ?? null;
  }

  function learn(name: string, value: string): void {
    if (known.some((secret) => secret.name === name && secret.value === value)) return;
    known.push({ name, value });
    if (known.length > MAX_KNOWN_VALUES) known.shift();
    redact = null;
  }

  function names(): string[] {
    const fromVariables = Object.keys(environment).map(nameOfVariable);
    const all = [...listFiles(directory), ...fromVariables];
    return [...new Set(all.filter((name) => name !== null))].sort();
  }

  for (const name of names()) {
    try {
      get(name);
    } catch {
      // Told when somebody asks for it: one bad file must not keep the controller from starting.
    }
  }

  return {
    get,
    names,
    redact: (text) => {
      redact ??= createRedactor(known);
      return redact(text);
    },
  };
}

function listFiles(directory: string | null): string[] {
  if (directory === null) return [];
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => isSecretName(entry.name) && !entry.isDirectory())
      .map((entry) => entry.name);
  } catch {
    // No such directory is no secrets: each reference to one is then reported at its place.
    return [];
  }
}
