// Checks request bodies with the API's own description, as the real one does: coercing, strict about unknown fields, all errors told.
import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { invalid } from './answers.ts';
import type { Quirks } from './quirks.ts';

export const fixtures = new URL('../../fixtures/npm/', import.meta.url);

type Json = Record<string, unknown>;

export interface Schemas {
  /** The document that `GET /api/schema` answers. */
  readonly document: Json;
  /** Coerces the body in place. Throws the 400 of the real one. */
  check(method: string, template: string, body: unknown): void;
}

const known = new WeakMap<Quirks, Schemas>();

/** The description as that version has it; compiled once, for tests that start hundreds of doubles. */
export function readSchemas(quirks: Quirks): Schemas {
  const schemas = known.get(quirks) ?? compileFor(quirks);
  known.set(quirks, schemas);
  return schemas;
}

function compileFor(quirks: Quirks): Schemas {
  const document = forVersion(quirks);
  const paths = document.paths as Record<string, Record<string, Json>>;
  const ajv = new Ajv2020({
    allErrors: true,
    coerceTypes: true,
    allowUnionTypes: true,
    strict: false,
    logger: false,
  });
  const compiled = new Map<string, ValidateFunction>();
  return {
    document,
    check(method, template, body) {
      const content = (paths[template]?.[method.toLowerCase()]?.requestBody as Json | undefined)?.content;
      const schema = (content as Record<string, Json> | undefined)?.['application/json']?.schema;
      if (schema === undefined) return;
      if (body === undefined) throw invalid('Payload is undefined');
      const key = `${method} ${template}`;
      const validate = compiled.get(key) ?? ajv.compile(schema as Json);
      compiled.set(key, validate);
      if (!validate(body)) throw invalid(ajv.errorsText(validate.errors, { dataVar: 'data' }));
    },
  };
}

const recorded = readFileSync(new URL('openapi.json', fixtures), 'utf8');

/** What older versions did not know is taken out of the newest description, and what they had is put in. */
function forVersion(quirks: Quirks): Json {
  const document = JSON.parse(recorded) as Json & { info: Json; paths: Record<string, Json> };
  const { major, minor, revision } = quirks.version;
  document.info.version = `${major}.${minor}.${revision}`;
  if (!quirks.twoFactor)
    for (const path of Object.keys(document.paths)) if (path.includes('2fa')) delete document.paths[path];
  return visit(document, (node) => {
    if (!quirks.trustForwardedProto) forget(node, 'trust_forwarded_proto');
    const properties = node.properties as Record<string, Json> | undefined;
    if (properties === undefined) return;
    if (!quirks.streamCertificate && 'incoming_port' in properties) delete properties.certificate_id;
    if (quirks.letsencryptFields && 'dns_challenge' in properties)
      Object.assign(properties, {
        letsencrypt_email: { type: 'string' },
        letsencrypt_agree: { type: 'boolean' },
      });
    if (properties.domain_names?.maxItems !== undefined)
      properties.domain_names = { ...properties.domain_names, maxItems: quirks.domainLimit };
    if (!quirks.redirectAuto && 'forward_domain_name' in properties)
      properties.forward_scheme = { type: 'string', enum: ['http', 'https'] };
  });
}

/** In samples too: a client may tell a version by what stands anywhere in the document. */
function forget(node: Json, field: string): void {
  delete node[field];
  if (Array.isArray(node.required)) node.required = node.required.filter((name) => name !== field);
}

function visit<T>(node: T, change: (node: Json) => void): T {
  if (Array.isArray(node)) for (const entry of node) visit(entry, change);
  else if (typeof node === 'object' && node !== null) {
    change(node as Json);
    for (const entry of Object.values(node)) visit(entry, change);
  }
  return node;
}
