// Pieces of the answers' schemas: what is never left out, and what may be null.
import { type TSchema, Type } from 'typebox';

export const text = () => Type.String();
export const count = () => Type.Integer({ minimum: 0 });
export const flag = () => Type.Boolean();
/** RFC 3339, UTC, milliseconds. */
export const time = () => Type.String({ format: 'date-time' });
export const orNull = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
export const listOf = <T extends TSchema>(schema: T) => Type.Array(schema);
export const word = (...words: string[]) => Type.Union(words.map((one) => Type.Literal(one)));

export const problem = () =>
  Type.Object({
    severity: word('error', 'warning', 'info'),
    reason: text(),
    message: text(),
    effect: orNull(text()),
    hint: orNull(text()),
    next: orNull(text()),
    workload: orNull(text()),
    source: orNull(text()),
    file: orNull(text()),
    line: orNull(count()),
    column: orNull(count()),
    path: orNull(text()),
  });

export const health = () =>
  Type.Object({
    status: word('healthy', 'starting', 'unhealthy', 'unknown', 'none'),
    ready: count(),
    total: count(),
    detail: orNull(text()),
  });

export const place = () => Type.Object({ source: text(), file: text(), line: count(), column: count() });

/** The head that every answer has. */
export const head = (kind: string) => ({
  api_version: Type.Literal('tinyforge/v1'),
  kind: Type.Literal(kind),
  generated_at: time(),
});
