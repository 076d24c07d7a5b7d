// No nginx at all: every configuration counts as good and nothing listens. For tests of the API alone, and for many hosts.
import type { Nginx } from './nginx.ts';

export function noNginx(): Nginx {
  return {
    root: '/data',
    traffic: { http: 'http://127.0.0.1:9', https: 'https://127.0.0.1:9' },
    listen: { http: '80', https: '443', stream: '' },
    streams: true,
    resolvers: '127.0.0.11',
    write: async () => {},
    remove: async () => {},
    test: async () => null,
    reloads: { order() {}, hold() {}, release() {}, settled: async () => {}, cancel() {} },
    close: async () => {},
  };
}
