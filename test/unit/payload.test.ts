// Reading what strangers send: own properties only, one header only, text only.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { at, mediaType, parseJson, singleHeader, textLike, utf8 } from '../../src/core/payload.ts';

describe('payloads', () => {
  it('give what stands at a path', () => {
    const value = parseJson('{"a":{"b":[{"c":7}]}}');
    assert.equal(at(value, 'a', 'b', '0', 'c'), 7);
    assert.equal(at(value), value);
  });

  it('give nothing that is inherited', () => {
    for (const key of ['constructor', 'toString', '__proto__', 'hasOwnProperty']) {
      assert.equal(at({}, key), undefined, key);
      assert.equal(at([], key), undefined, key);
    }
    assert.equal(singleHeader({}, 'constructor'), null);
  });

  it('give nothing below what is no object', () => {
    for (const value of [null, undefined, 7, 'text', true]) assert.equal(at(value, 'length'), undefined);
  });

  it('are undefined where they are no JSON, and only there', () => {
    for (const text of ['', '{', null, 'undefined']) assert.equal(parseJson(text), undefined);
    assert.equal(parseJson('null'), null);
  });

  it('are text only where they are UTF-8', () => {
    assert.equal(utf8(Buffer.from('ü')), 'ü');
    assert.equal(utf8(Buffer.from([0xc3, 0x28])), null);
  });

  it('have texts of the form that is asked for', () => {
    assert.equal(textLike('main', /^[a-z]+$/), 'main');
    for (const value of ['Main', 7, null, ['main'], { toString: () => 'main' }]) {
      assert.equal(textLike(value, /^[a-z]+$/), null);
    }
  });
});

describe('headers', () => {
  it('count when they came once', () => {
    assert.equal(singleHeader({ a: 'x' }, 'a'), 'x');
    assert.equal(singleHeader({ a: ['x'] }, 'a'), null);
    assert.equal(singleHeader({ a: undefined }, 'a'), null);
  });

  it('tell the media type alone', () => {
    assert.equal(mediaType({ 'content-type': 'Application/JSON; charset=utf-8' }), 'application/json');
    assert.equal(mediaType({}), '');
  });
});
