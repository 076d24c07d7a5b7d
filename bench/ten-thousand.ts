import type { Bench } from './row.ts';
export const tenThousand: Bench = { name: 'ten-thousand', measure: async () => [] };
