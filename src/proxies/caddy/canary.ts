// A share of the clients for a canary: a ticket in a cookie, and everybody whose ticket is below the share's mark.

/** Tickets are the first digits of a random UUID, so that shares are met to 1 in 65,536. */
const DIGITS = 4;
const HEX = '0123456789abcdef';

/**
 * A pattern for tickets below the share, which is above 0. A client keeps its ticket while the share grows, so whoever was sent to the
 * new version stays with it, and the others follow in their turn.
 */
export function ticketPattern(share: number): string {
  const all = 16 ** DIGITS;
  const limit = Math.min(Math.max(Math.round(share * all), 1), all);
  if (limit === all) return `[${HEX}]{${DIGITS}}`;
  const digits = limit.toString(16).padStart(DIGITS, '0');
  const below = [...digits].flatMap((digit, index) => {
    const smaller = HEX.slice(0, HEX.indexOf(digit));
    if (smaller === '') return [];
    const rest = DIGITS - index - 1;
    return [`${digits.slice(0, index)}[${smaller}]${rest === 0 ? '' : `[${HEX}]{${rest}}`}`];
  });
  return `(?:${below.join('|')})`;
}

/** A header that carries the ticket. */
export const hasTicket = (cookie: string): string => `(?:^|; )${cookie}=[${HEX}]{${DIGITS}}`;

export const hasTicketBelow = (cookie: string, share: number): string =>
  `(?:^|; )${cookie}=${ticketPattern(share)}`;

/** Caddy's own random UUID of the request; the same wherever it is named during one request. */
export const FRESH_TICKET = '{http.request.uuid}';
