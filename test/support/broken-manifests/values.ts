// What the broken manifests hold as plain values, for whoever asks a schema about them.
import { parseAllDocuments } from 'yaml';
import { groups } from './cases.ts';

export const brokenValues: readonly unknown[] = groups
  .flatMap(({ cases }) => cases)
  .flatMap(({ files }) => (typeof files === 'string' ? [files] : Object.values(files)))
  .flatMap((text) => documents(String(text)));

/** What a broken text holds; nothing where YAML itself gives up. */
function documents(text: string): unknown[] {
  try {
    return parseAllDocuments(text, { logLevel: 'silent' }).flatMap((document) =>
      document.errors.length > 0 ? [] : [document.toJS() as unknown],
    );
  } catch {
    return [];
  }
}
