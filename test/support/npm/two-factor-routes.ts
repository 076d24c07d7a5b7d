// A user's second factor: begun with a secret, enabled with a code, dropped with one, with codes for when the phone is lost.
import { randomBytes } from 'node:crypto';
import { invalid, refusal } from './answers.ts';
import { type Call, ok, type Route } from './routes.ts';
import { factorOf } from './token-routes.ts';
import { newTotpSecret, totpMatches } from './two-factor.ts';
import { admitUser, findUser } from './user-routes.ts';

const one = '/users/{userID}/2fa';

export const twoFactorRoutes: readonly Route[] = [
  { method: 'GET', template: one, answer: twoFactorState },
  { method: 'POST', template: one, answer: startTwoFactor },
  { method: 'POST', template: `${one}/enable`, answer: enableTwoFactor },
  { method: 'DELETE', template: one, answer: dropTwoFactor },
  { method: 'POST', template: `${one}/backup-codes`, answer: newBackupCodes },
];

function twoFactorState(call: Call) {
  const factor = factorOf(findUser(call, admitUser(call)));
  const enabled = factor?.enabled === true;
  return ok({ enabled, backup_codes_remaining: enabled ? factor.backupCodes.length : 0 });
}

function startTwoFactor(call: Call) {
  const user = findUser(call, admitUser(call));
  const secret = newTotpSecret();
  user.twoFactor = { secret, enabled: false, backupCodes: [] };
  const issuer = encodeURIComponent('Nginx Proxy Manager');
  const label = `${issuer}:${encodeURIComponent(String(user.email))}`;
  const rest = `secret=${secret}&period=30&digits=6&algorithm=SHA1&issuer=${issuer}`;
  return ok({ secret, otpauth_url: `otpauth://totp/${label}?${rest}` });
}

function enableTwoFactor(call: Call) {
  const factor = factorOf(findUser(call, admitUser(call)));
  if (factor === undefined) throw invalid('No pending 2FA setup found');
  if (!totpMatches(factor.secret, String(call.body.code)))
    throw refusal(400, 'Invalid verification code', 'error.invalid-2fa');
  factor.enabled = true;
  factor.backupCodes = backupCodes();
  return ok({ backup_codes: factor.backupCodes });
}

function dropTwoFactor(call: Call) {
  const user = findUser(call, admitUser(call));
  const factor = factorOf(user);
  if (factor?.enabled !== true) throw invalid('2FA is not enabled');
  if (!totpMatches(factor.secret, call.query.get('code') ?? ''))
    throw refusal(400, 'Invalid verification code', 'error.invalid-2fa');
  delete user.twoFactor;
  return ok(true);
}

function newBackupCodes(call: Call) {
  const factor = factorOf(findUser(call, admitUser(call)));
  if (factor?.enabled !== true) throw invalid('2FA is not enabled');
  if (!totpMatches(factor.secret, String(call.body.code)))
    throw refusal(400, 'Invalid verification code', 'error.invalid-2fa');
  factor.backupCodes = backupCodes();
  return ok({ backup_codes: factor.backupCodes });
}

function backupCodes(): string[] {
  return Array.from({ length: 8 }, () => randomBytes(4).toString('hex').toUpperCase());
}
