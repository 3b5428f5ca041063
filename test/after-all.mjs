import { endTestPostgres } from '../tools/postgres/test-server.mjs';

export default endTestPostgres;
