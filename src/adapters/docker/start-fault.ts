// Why a container did not start, in words: a port, a network, the engine, or the version itself.
import { fault } from '../../model/errors.ts';
import { networkGone } from './endpoints.ts';
import type { Engine } from './engine.ts';
import { engineFault } from './faults.ts';
import { takenPort, whoHolds } from './port-holder.ts';
import { quotable, type Refusal, shown } from './refusal.ts';

interface FailedStart {
  container: string;
  refusal: Refusal;
  error: unknown;
}

/** What only says that the machine or the engine is in a bad way: the version is not to blame and is tried again. */
const ENGINES_OWN =
  /context (canceled|deadline exceeded)|no space left|shutting down|transport is closing|connection refused|cannot allocate memory|resource temporarily unavailable|too many open files|No such container/i;

/** Undefined where the general translation says it as well. */
export function startFault(engine: Engine, failed: FailedStart): Promise<never> | undefined {
  const { refusal, error } = failed;
  const port = takenPort(refusal.message);
  if (port !== null) return portTaken(engine, { ...failed, port });
  const network = /network (\S+) not found/i.exec(refusal.message)?.[1];
  if (network !== undefined) return Promise.reject(networkGone(engine, network, error));
  // 409: marked for removal. 404: removed.
  if (refusal.status === 404) return undefined;
  if (refusal.status === 409) return Promise.reject(gone(engine, failed));
  if (ENGINES_OWN.test(refusal.message))
    return Promise.reject(engineFault(error, engine.at('POST /containers/start')));
  return Promise.reject(
    fault({
      code: 'START_FAILED',
      reason: 'StartFailed',
      message: `container ${shown(failed.container)} does not start ("${quotable(refusal.message)}")`,
      hint: 'Look at command, entrypoint, user and mounts in the manifest, and at the image.',
      disposition: 'version',
      cause: error,
    }),
  );
}

function gone(engine: Engine, { container, error }: FailedStart) {
  return fault({
    code: 'CONTAINER_GONE',
    reason: 'ContainerGone',
    message: `container ${shown(container)} on engine ${engine.host} is being removed`,
    hint: 'Nothing to do: the next pass looks again.',
    disposition: 'conflict',
    cause: error,
  });
}

async function portTaken(
  engine: Engine,
  { container, port, error }: FailedStart & { port: number },
): Promise<never> {
  const holder = await whoHolds(engine, port);
  const who = holder === null ? 'is taken by a program on that machine' : `belongs to container ${holder}`;
  throw fault({
    code: 'PORT_TAKEN',
    reason: 'PortTaken',
    message: `container ${shown(container)} cannot start: port ${port} on the host ${who}`,
    hint:
      holder === null
        ? `Find it with \`ss -ltnp 'sport = :${port}'\` there, or change \`ports\`.`
        : `Stop ${holder}, or change \`ports\`.`,
    disposition: 'stalled',
    cause: error,
  });
}
