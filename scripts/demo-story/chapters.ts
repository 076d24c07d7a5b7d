// The chapters of the story, in their order: each does something to the world and waits until the world is as it should be.
import { clearEngine } from './clear-engine.ts';
import { controllerName } from './configuration.ts';
import { createEngineView, leftovers } from './engine-view.ts';
import { brokenTag, demoImages } from './images.ts';
import { type Chapter, expect, running, sameContainers, watchRollOut } from './look.ts';
import { everyNameAnswers, handEdit, rollback, withProbe } from './route-chapters.ts';
import { awaitUnit, setProdTag, units } from './units.ts';
import { waitFor } from './wait-for.ts';

export const chapters: readonly Chapter[] = [
  {
    title: 'Two projects, a stack and a site converge',
    async play(scene) {
      for (const unit of Object.values(units))
        await awaitUnit(scene, unit, ({ outcome }) => outcome === 'converged');
      const kinds = new Set((await scene.controller.api.units()).map(({ kind }) => kind));
      for (const kind of ['project', 'stack', 'site'])
        expect(kinds.has(kind), `There are units of ${[...kinds].join(', ')}.`);
      const prod = await running(scene, units.prod);
      expect(prod.length === 2, `${units.prod} has ${prod.length} containers instead of 2.`);
    },
  },
  everyNameAnswers,
  {
    title: 'A push converges at once by webhook, and what runs never stops serving',
    async play(scene) {
      await withProbe(scene, ['v1', 'v2'], async () => {
        // The next poll is an hour away: nothing else than the webhook can be the cause.
        await scene.repository.push(setProdTag('v1', 'v2'));
        const fewest = await watchRollOut(scene, units.prod, `${demoImages.web}:v2`);
        expect(fewest >= 2, `Only ${fewest} containers of ${units.prod} ran for a moment.`);
        await awaitUnit(scene, units.prod, ({ outcome, runs }) => outcome === 'converged' && runs === 'v2');
      });
    },
  },
  {
    title: 'Prometheus can scrape /metrics',
    async play({ controller, signal }) {
      const samples = [
        /^tinyforge_reconcile_passes_total\{result="success"\} [1-9]/m,
        /^tinyforge_webhook_deliveries_total\{hook="git",result="accepted"\} [1-9]/m,
        new RegExp(`^tinyforge_workload_outcome\\{.*unit="${units.prod}".*outcome="converged".*\\} 1$`, 'm'),
      ];
      // They are counted when a pass has ended, a moment after what it found can be asked for.
      for (const sample of samples)
        await waitFor({
          what: `/metrics to have ${sample.source}`,
          signal,
          look: async () => sample.test(await controller.api.metrics()),
        });
    },
  },
  {
    title: 'A container killed by hand is healed',
    async play(scene) {
      const [victim] = await running(scene, units.prod);
      if (victim === undefined) throw new Error(`Nothing of ${units.prod} runs.`);
      const startedAt = await scene.view.startedAt(victim.id);
      await scene.view.ask({ method: 'POST', path: `/containers/${victim.id}/kill` });
      await waitFor({
        what: `${victim.name} to run again`,
        signal: scene.signal,
        look: async () => (await scene.view.startedAt(victim.id)) !== startedAt,
      });
      await awaitUnit(scene, units.prod, ({ outcome }) => outcome === 'converged');
    },
  },
  {
    title: 'A bad version stays out: the old one serves, the new one is quarantined and explained',
    async play(scene) {
      const before = await running(scene, units.prod);
      await withProbe(scene, ['v2'], async () => {
        await scene.repository.push(setProdTag('v2', brokenTag));
        await awaitUnit(scene, units.prod, ({ outcome, runs }) => outcome === 'rolled-back' && runs === 'v2');
        await waitFor({
          what: `the containers of v2, and no others, to run in ${units.prod}`,
          signal: scene.signal,
          look: async () => sameContainers(before, await running(scene, units.prod)),
        });
      });
      const why = await scene.controller.command('why', units.prod);
      expect(why.code === 0 && /quarantin/.test(why.stdout), `why says:\n${why.stdout}${why.stderr}`);
      scene.talk.show(why.stdout);
    },
  },
  rollback,
  {
    title: 'A manifest that is removed takes its containers with it',
    async play(scene) {
      await scene.repository.push({ path: 'docs/site.yaml', edit: () => null, message: 'docs: remove' });
      await waitFor({
        what: `the containers of ${units.site} to go`,
        signal: scene.signal,
        look: async () => (await scene.view.containers(units.site)).length === 0,
      });
    },
  },
  {
    title: 'With the good version again, the plan says: nothing to do',
    async play(scene) {
      await scene.repository.push(setProdTag(brokenTag, 'v2'));
      await awaitUnit(scene, units.prod, ({ outcome, runs }) => outcome === 'converged' && runs === 'v2');
      const plan = await scene.controller.command('plan');
      expect(
        plan.code === 0 && /nothing to do/i.test(plan.stdout),
        `plan says:\n${plan.stdout}${plan.stderr}`,
      );
      scene.talk.show(plan.stdout);
    },
  },
  handEdit,
  {
    title: 'Everything stops, and nothing of it is left on the engine',
    async play({ controller, engine, before, talk }) {
      const code = await controller.stop();
      expect(code === 0, `The controller ended with ${code}.`);
      const cleared = await clearEngine(engine.socketPath, controllerName);
      const after = await createEngineView(engine.socketPath, controllerName).lists();
      const left = leftovers(before, after);
      expect(left.length === 0, `The engine still has ${left.join(', ')}.`);
      const gone = leftovers(after, before);
      expect(gone.length === 0, `The engine had, and has no more: ${gone.join(', ')}.`);
      const { containers, networks, volumes, images } = cleared;
      talk.show(
        `${containers} containers, ${networks} networks, ${volumes} volumes and ${images} images were removed.`,
      );
    },
  },
];
