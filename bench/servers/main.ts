import { runBenches } from '../run-benches.js';

/*
 * npm run bench:servers [-- NAME…] [-- --json]
 *
 * As `npm run bench`, on real servers: a Kafka of its own (tools/kafka) or the one that BATON_TEST_KAFKA names, and so on.
 */

await runBenches(import.meta.dirname);
