// Checks of `doctor` about engines: whether they answer, with which Compose, and how probes reach their containers.
import { formerlyLine, otherControllers } from '../core/other-controller.ts';
import type { Check } from '../ports/session.ts';
import { type DoctorCheck, type DoctorDeps, fine, problem, problemOf, warning } from './doctor-deps.ts';

/** The API of engine 20.10; older ones lack what we ask of lists and events. */
const LEAST_API = 1.41;

/** What another Tinyforge made is left alone; where nothing is ours, this one may have been renamed. */
export const checkControllers: DoctorCheck = async ({ runtimes, config }) => {
  const checks = [...runtimes].map(async ([host, runtime]): Promise<Check[]> => {
    const containers = await runtime.listContainers().catch(() => []);
    const isRenamed = containers.every(({ ours }) => ours === null);
    return [...otherControllers(containers)].map(([other, count]) => {
      const subject = `controller ${config.controller}`;
      const text = `${count === 1 ? 'one container' : `${count} containers`} on ${host} ${count === 1 ? 'carries' : 'carry'} the name of another controller, ${other}, and ${count === 1 ? 'is' : 'are'} left alone`;
      if (!isRenamed) return fine(subject, text);
      const line = formerlyLine(config.controller, other);
      return warning(subject, text, `If this one was called ${other} before: \`${line}\` in tinyforge.yaml.`);
    });
  });
  return (await Promise.all(checks)).flat();
};

export const checkEngines: DoctorCheck = ({ runtimes, config }) =>
  Promise.all(
    [...runtimes].map(async ([host, runtime]): Promise<Check> => {
      const subject = `engine ${host}`;
      try {
        const [info, containers] = await Promise.all([runtime.info(), runtime.listContainers()]);
        const ours = containers.filter(
          (container) => container.ours?.controller === config.controller,
        ).length;
        const text = `Docker ${info.version}, API ${info.apiVersion}, ${containers.length} containers, ${ours} of them ours`;
        if (Number(info.apiVersion) >= LEAST_API) return fine(subject, text);
        return problem(subject, text, `Tinyforge needs API ${LEAST_API}, which is Docker 20.10 or newer.`);
      } catch (error) {
        return problemOf(subject, error);
      }
    }),
  );

/** Stacks alone need it, so without it all else works. */
export const checkCompose: DoctorCheck = ({ runtimes, compose }) =>
  Promise.all(
    [...runtimes.keys()].map(async (host): Promise<Check> => {
      const subject = `compose ${host}`;
      try {
        const version = await compose(host).version();
        if (Number(version.split('.')[0]) >= 2) return fine(subject, `Compose ${version}`);
        return problem(
          subject,
          `Compose ${version} is too old for stacks`,
          'Install version 2 or newer of the Compose plugin.',
        );
      } catch (error) {
        return problemOf(subject, error);
      }
    }),
  );

export const checkReach: DoctorCheck = async (deps) =>
  [...deps.runtimes.keys()].map((host) => reachCheck(deps, host));

function reachCheck({ reaches }: DoctorDeps, host: string): Check {
  const subject = `probes ${host}`;
  const reach = reaches.get(host);
  if (reach === undefined)
    return warning(
      subject,
      'how they reach containers is not known while the engine is away',
      'Look again when it answers.',
    );
  return reach.hint === null ? fine(subject, reach.why) : problem(subject, reach.why, reach.hint);
}
