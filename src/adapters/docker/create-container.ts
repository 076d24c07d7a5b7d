// Creates a container, and tells an earlier create of ours from a stranger who has the name.
import { type ControllerNames, isOwnName } from '../../core/controller-names.ts';
import { type Fault, fault } from '../../model/errors.ts';
import { LABEL } from '../../model/labels.ts';
import { type CreateRequest, createBody } from './create-body.ts';
import { ensureEndpoint } from './endpoints.ts';
import type { Engine } from './engine.ts';
import { digestOf } from './image-name.ts';
import { type InspectedContainer, type InspectedImage, readLocalImage } from './inspect.ts';

/**
 * A create that passed its deadline runs when the engine wakes, so the name may be taken by ourselves: the same unit
 * and spec hash count as success. Faults: ImageMissing, NameTaken, NetworkGone, and the general ones.
 */
export async function createContainer(
  engine: Engine,
  request: CreateRequest,
  names: ControllerNames,
): Promise<{ id: string }> {
  const labels = await completeLabels(engine, request);
  const body = createBody(request, { apiVersion: await engine.apiVersion(), labels });
  const created = await engine.write<{ id: string }>({
    call: 'POST /containers/create',
    ms: engine.deadlines.createMs,
    run: (docker, { signal }) => {
      // Apart, or dockerode would write the whole body, secrets included, into the address as well.
      const options: object = { _query: { name: request.name }, _body: body };
      return docker.createContainer({ ...options, abortSignal: signal });
    },
    onRefusal(refusal, error) {
      if (refusal.status === 409) return takenByUs(engine, { request, labels, names, error });
      if (refusal.status === 404 && /No such image/i.test(refusal.message))
        return Promise.reject(imageMissing(engine, request.spec.image, error));
      return undefined;
    },
  });
  // With an older engine only the first network is there yet; with an earlier, cut create perhaps fewer than all.
  for (const endpoint of request.endpoints.slice(1)) await ensureEndpoint(engine, created.id, endpoint);
  return { id: created.id };
}

/** The digest that runs is told by a label, for the engine forgets it once the tag has moved on. */
async function completeLabels(engine: Engine, request: CreateRequest): Promise<Record<string, string>> {
  if (request.labels[LABEL.imageDigest]) return request.labels;
  const path = `/images/${encodeURIComponent(request.spec.image)}/json`;
  const inspected = await engine.jsonOrNull({ path, ms: engine.deadlines.readMs });
  if (inspected === null) throw imageMissing(engine, request.spec.image, null);
  const digest = digestOf(request.spec.image, readLocalImage(inspected as InspectedImage));
  return { ...request.labels, [LABEL.imageDigest]: digest };
}

async function takenByUs(
  engine: Engine,
  {
    request,
    labels,
    names,
    error,
  }: { request: CreateRequest; labels: Record<string, string>; names: ControllerNames; error: unknown },
): Promise<{ id: string }> {
  const path = `/containers/${encodeURIComponent(request.name)}/json`;
  const holder = (await engine.jsonOrNull({
    path,
    ms: engine.deadlines.readMs,
  })) as InspectedContainer | null;
  const theirs = holder?.Config.Labels ?? {};
  const same =
    isOwnName(theirs[LABEL.controller], names) &&
    [LABEL.unit, LABEL.specHash].every((name) => theirs[name] === labels[name]);
  if (holder !== null && same && labels[LABEL.specHash] !== undefined) return { id: holder.Id };
  throw nameTaken(engine, { name: request.name, holder, error });
}

/** NameTaken (conflict): the plan is made again, and says what to do about a stranger. */
export function nameTaken(
  engine: Engine,
  { name, holder, error }: { name: string; holder: InspectedContainer | null; error: unknown },
): Fault {
  const who =
    holder === null
      ? 'a container that is just leaving'
      : holder.Config.Labels?.[LABEL.managed] === 'true'
        ? `another container of ${holder.Config.Labels[LABEL.unit] ?? 'ours'}`
        : `a container (${holder.Config.Image ?? 'image unknown'}) that is not ours`;
  return fault({
    code: 'NAME_TAKEN',
    reason: 'NameTaken',
    message: `the name ${name} on engine ${engine.host} belongs to ${who}`,
    hint: `Look at it with \`docker inspect ${name}\`; rename or remove it if nobody needs it.`,
    disposition: 'conflict',
    cause: error,
  });
}

function imageMissing(engine: Engine, image: string, error: unknown): Fault {
  return fault({
    code: 'IMAGE_MISSING',
    reason: 'ImageMissing',
    message: `engine ${engine.host} does not have the image ${image}`,
    hint: 'Nothing to do where a registry has it: it is pulled again. Otherwise build or load it there.',
    disposition: 'retry',
    cause: error,
  });
}
