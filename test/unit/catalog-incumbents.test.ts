// Two who claim one thing: whoever had it keeps it, wherever the other one stands.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { catalog, createCatalogCache } from '../../src/core/catalog.ts';
import type { Incumbents } from '../../src/core/catalog-incumbents.ts';
import { readers } from '../../src/kinds/readers.ts';
import { settings, snapshot } from '../support/manifest-catalog.ts';

const NOBODY: Incumbents = new Map();

/** One cache over all readings, as in a controller. */
function rig() {
  const cache = createCatalogCache();
  return (sources: Record<string, Record<string, string>>, incumbents: Incumbents) => {
    const snapshots = Object.entries(sources).map(([source, files]) => ({ ...snapshot(files), source }));
    return catalog({ snapshots, variables: {}, readers, settings, incumbents, cache });
  };
}

const project = (name: string, image: string, more = '') =>
  `kind: project\nname: ${name}\nimage: ${image}\nport: 80\n${more}`;
const imagesOf = (made: ReturnType<ReturnType<typeof rig>>) =>
  made.units.map(
    (unit) => `${unit.unit} ${unit.kind === 'project' ? unit.spec.image.split(':')[0] : unit.kind}`,
  );

describe('who has what two claim', () => {
  const both = {
    guest: { 'a.yaml': project('shop', 'guest') },
    home: { 'z.yaml': project('shop', 'home') },
  };
  const had = (source: string, file: string): Incumbents => new Map([['project.shop', { source, file }]]);

  it('is the first source, where nobody had the name', () => {
    assert.deepEqual(imagesOf(rig()(both, NOBODY)), ['shop guest']);
  });

  it('is who had the name, although another source stands before, or another file', () => {
    const made = rig()(both, had('home', 'z.yaml'));
    assert.deepEqual(imagesOf(made), ['shop home']);
    const [problem] = made.problems;
    assert.equal(problem?.reason, 'DuplicateName');
    assert.equal(problem?.source, 'guest');
    const files = { home: { 'a.yaml': project('shop', 'new'), 'z.yaml': project('shop', 'home') } };
    assert.deepEqual(imagesOf(rig()(files, had('home', 'z.yaml'))), ['shop home']);
  });

  it('is who had a domain or a port, by whatever name the other one comes', () => {
    for (const more of ['domains: [shop.example.com]\n', 'ports: ["8080:80"]\n']) {
      const claimed = {
        guest: { 'a.yaml': project('other', 'guest', more) },
        home: { 'z.yaml': project('shop', 'home', more) },
      };
      assert.deepEqual(imagesOf(rig()(claimed, NOBODY)), ['other guest'], more);
      assert.deepEqual(imagesOf(rig()(claimed, had('home', 'z.yaml'))), ['shop home'], more);
    }
  });

  it('is not a site that takes the name of a project', () => {
    const claimed = {
      guest: { 'a.yaml': 'kind: site\nname: shop\ncontent: { path: public }\n' },
      home: { 'z.yaml': project('shop', 'home') },
    };
    assert.deepEqual(imagesOf(rig()(claimed, had('home', 'z.yaml'))), ['shop home']);
  });

  it('is the other one as soon as the first has gone, and the same as long as it has not', () => {
    const read = rig();
    const first = read(both, had('home', 'z.yaml'));
    assert.equal(read(both, had('home', 'z.yaml')), first);
    assert.deepEqual(imagesOf(read({ guest: both.guest, home: {} }, had('home', 'z.yaml'))), ['shop guest']);
    assert.deepEqual(imagesOf(read(both, had('guest', 'a.yaml'))), ['shop guest']);
  });

  it('is seen anew when somebody has got it meanwhile, although no file changed', () => {
    const read = rig();
    assert.deepEqual(imagesOf(read(both, had('home', 'z.yaml'))), ['shop home']);
    assert.deepEqual(imagesOf(read(both, had('guest', 'a.yaml'))), ['shop guest']);
  });
});
