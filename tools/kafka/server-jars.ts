import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The repository's folder, from the sources as from `dist`. */
const root = join(dirname(fileURLToPath(import.meta.url)).replace(`${sep}dist${sep}tools`, `${sep}tools`), '..', '..');
const POM = join(root, 'tools', 'kafka', 'pom.xml');
const CACHE = join(root, 'node_modules', '.cache', 'kafka-server');

/** No Java or no Maven on this machine; the message says what is missing. */
export class NoKafkaServer extends Error {
  override name = 'NoKafkaServer';
}

/** The version that the pom names. */
export const kafkaVersion = (): string =>
  /kafka_2\.13<\/artifactId>\s*<version>([^<]+)</.exec(readFileSync(POM, 'utf8'))?.[1] ?? 'unknown';

/**
 * The folder of the server's jars, which Maven fetches once (43 MB).
 *
 * @throws NoKafkaServer
 */
export async function serverJars(): Promise<string> {
  const folder = join(CACHE, kafkaVersion());
  if (existsSync(folder)) return folder;
  await mkdir(CACHE, { recursive: true });
  // Two at once may fetch: each into a folder of its own, and whoever is first gives it its name.
  const fetched = await mkdtemp(join(CACHE, 'fetching-'));
  const wanted = ['-DincludeScope=runtime', `-DoutputDirectory=${fetched}`];
  try {
    await run('mvn', ['-B', '-q', '-f', POM, 'dependency:copy-dependencies', ...wanted]);
  } catch (fault) {
    await rm(fetched, { recursive: true, force: true });
    const missing = (fault as NodeJS.ErrnoException).code === 'ENOENT';
    throw new NoKafkaServer(missing ? 'Maven (mvn) is not on this machine' : 'Maven could not fetch the server', {
      cause: fault,
    });
  }
  await rename(fetched, folder).catch(() => rm(fetched, { recursive: true, force: true }));
  return folder;
}

/** @throws NoKafkaServer */
export async function assertJava(): Promise<void> {
  try {
    await run('java', ['-version']);
  } catch (fault) {
    throw new NoKafkaServer('Java 17 (java) is not on this machine', { cause: fault });
  }
}
