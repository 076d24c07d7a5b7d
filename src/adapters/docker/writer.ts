// Loads dockerode when the first write is due, so that a process that only looks does without its 100 ms and 34 MB.
import type Docker from 'dockerode';
import { fault } from '../../model/errors.ts';

/** Always the same client for one socket. Throws EngineRefused (stalled) when the environment keeps it from starting. */
export function createWriter(socketPath: string): () => Promise<Docker> {
  let loaded: Promise<Docker> | null = null;

  async function load(): Promise<Docker> {
    const { default: Client } = await import('dockerode');
    try {
      // Said in full, for what is missing it takes from DOCKER_HOST. No agent: it would inspect it at each call, 33 ms.
      const options: object = {
        socketPath,
        host: undefined,
        protocol: 'http',
        key: undefined,
        cert: undefined,
      };
      return new Client(options);
    } catch (error) {
      throw fault({
        code: 'ENGINE_REFUSED',
        reason: 'EngineRefused',
        message: 'the Docker client cannot read DOCKER_HOST and DOCKER_CERT_PATH of the environment',
        hint: 'Start Tinyforge without these variables; engines are named in tinyforge.yaml.',
        disposition: 'stalled',
        cause: error,
      });
    }
  }

  return () => {
    loaded ??= load();
    return loaded;
  };
}
