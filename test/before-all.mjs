/** Names the run, for servers that its tests share. */
export default function beforeAll() {
  process.env.BATON_TEST_RUN = String(process.pid);
}
