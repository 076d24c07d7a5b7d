// Plays recorded exchanges against a double, in the order of a scenario, and tells each with what was expected and what came.
import { callApi } from './double-client.ts';
import { comparable, type Recording } from './recordings.ts';
import { type NpmDouble, type NpmDoubleOptions, startNpmDouble } from './start-double.ts';

export interface Scene {
  readonly double: NpmDouble;
  /** A call of the administrator, which must succeed unless its status is looked at. */
  must(method: string, path: string, body?: unknown): Promise<unknown>;
  /** The administrator's, made when the scene began, or after the first set-up. */
  admin: string | undefined;
  /** Values that a later step needs. */
  readonly kept: Record<string, string>;
}

export interface Step {
  readonly play: string;
  /** Brings the double into the state that the recording was made in. */
  readonly before?: (scene: Scene) => unknown;
  /** A token in place of the administrator's. */
  readonly token?: (scene: Scene) => string | Promise<string>;
  /** The body as it was sent, where the recording has a stand-in; text is sent as it is. */
  readonly body?: (recorded: unknown, scene: Scene) => unknown;
  /** What of the answer is compared, where the recording was shortened. */
  readonly part?: (body: unknown) => unknown;
  readonly after?: (answer: unknown, scene: Scene) => void;
}

export interface Scenario {
  readonly name: string;
  readonly double: NpmDoubleOptions;
  readonly before?: (scene: Scene) => unknown;
  readonly steps: readonly (Step | string)[];
}

export interface Compared {
  readonly status: number;
  readonly contentType: string | null;
  readonly body: unknown;
}

export interface Played {
  readonly recording: string;
  readonly expected: Compared;
  readonly seen: Compared;
}

/** Plays a scenario against a double of its own. */
export async function playScenario(
  scenario: Scenario,
  recordings: ReadonlyMap<string, Recording>,
): Promise<readonly Played[]> {
  await using double = await startNpmDouble(scenario.double);
  const scene = await openScene(double);
  await scenario.before?.(scene);
  const played: Played[] = [];
  for (const step of scenario.steps) {
    const whole = typeof step === 'string' ? { play: step } : step;
    const recording = recordings.get(whole.play);
    if (recording === undefined) throw new Error(`There is no recording ${whole.play}.`);
    played.push(await playStep(scene, whole, recording));
  }
  return played;
}

async function openScene(double: NpmDouble): Promise<Scene> {
  const fresh = double.world.tables.users.all().length === 0;
  const scene: Scene = {
    double,
    async must(method, path, body) {
      const answer = await callApi(double.url, scene.admin)(method, path, body);
      if (answer.status >= 400) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
      return answer.body;
    },
    admin: fresh ? undefined : await adminToken(double),
    kept: {},
  };
  return scene;
}

/** A token of the administrator. */
export async function adminToken(double: NpmDouble): Promise<string> {
  const { body } = await callApi(double.url)('POST', '/tokens', {
    identity: double.email,
    secret: double.password,
  });
  return body.token;
}

async function playStep(scene: Scene, step: Step, recording: Recording): Promise<Played> {
  await step.before?.(scene);
  const { request, response } = recording;
  const token = step.token === undefined ? scene.admin : await step.token(scene);
  const body = step.body === undefined ? filled(request.body, scene) : step.body(request.body, scene);
  const answer = await fetch(scene.double.url + request.path, {
    method: request.method,
    headers: {
      ...(request.authorization === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const seen = JSON.parse(await answer.text());
  step.after?.(seen, scene);
  const part = step.part ?? ((whole: unknown) => whole);
  const contentType = answer.headers.get('content-type');
  const recordedType = response.content_type ?? contentType;
  return {
    recording: recording.name,
    expected: {
      status: response.status,
      contentType: recordedType,
      body: comparable(part(response.body)),
    },
    seen: { status: answer.status, contentType, body: comparable(part(seen)) },
  };
}

/** A recorded body with the administrator's password where a secret was blanked. */
function filled(body: unknown, scene: Scene): unknown {
  if (body === undefined) return undefined;
  return JSON.parse(JSON.stringify(body).replaceAll('"<secret>"', JSON.stringify(scene.double.password)));
}
