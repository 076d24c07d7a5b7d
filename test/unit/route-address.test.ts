// Links to routes lead where a browser finds them: plain or by TLS, at the port that the proxy takes requests at.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { routeAddresses } from '../../src/http/page/route-address.ts';

const observed = [
  { domains: ['shop.localhost', 'www.shop.localhost'], tls: false },
  { domains: ['docs.example.com'], tls: true },
];
const at = (http: string, https: string) => routeAddresses({ traffic: { http, https } }, observed);

describe('the address of a route', () => {
  it('has the scheme that it is served by, and the port of the proxy where that is another than the usual one', () => {
    const usual = at('http://npm:80', 'https://npm');
    assert.equal(usual('shop.localhost'), 'http://shop.localhost/');
    assert.equal(usual('docs.example.com'), 'https://docs.example.com/');
    const own = at('http://127.0.0.1:8000', 'https://127.0.0.1:8443');
    assert.equal(own('www.shop.localhost'), 'http://www.shop.localhost:8000/');
    assert.equal(own('docs.example.com'), 'https://docs.example.com:8443/');
  });

  it('is by TLS where nothing is known, and never leaves its scheme', () => {
    assert.equal(routeAddresses(null, [])('a.example.com'), 'https://a.example.com/');
    for (const name of ['javascript:alert(1)', '"><script>', '//evil.example'])
      assert.match(routeAddresses(null, [])(name), /^https:\/\/[A-Za-z0-9%.()-]+\/$/);
  });
});
