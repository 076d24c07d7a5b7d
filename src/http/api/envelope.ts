// The shape of every JSON answer: `{success, data}` or `{success, error}`.
import type { Context } from 'hono';
import type { AnswerHead } from '../../core/json-envelope.ts';
import type { Refusal } from '../refusal.ts';

export function success(c: Context, data: AnswerHead, status: 200 | 201 | 202 = 200): Response {
  return c.json({ success: true, data }, status);
}

export function failure(c: Context, { status, headers, details, ...error }: Refusal): Response {
  const { code, reason, message, hint } = error;
  return c.json({ success: false, error: { code, reason, message, hint, ...details } }, status, {
    ...headers,
  });
}
