/*
 * node dist/tools/test-results.js failed FILE: the suites that failed, a line each.
 * node dist/tools/test-results.js total FILE[,AGAIN] …: the closing line over all runs; AGAIN holds suites of FILE that
 * were run once more, which then count instead.
 */
import { readFileSync } from 'node:fs';

/** What is used of the file that Jest writes with --json. */
interface Suite {
  readonly name: string;
  readonly status: string;
  readonly assertionResults: readonly { readonly status: string }[];
}

const readSuites = (file: string): readonly Suite[] =>
  (JSON.parse(readFileSync(file, 'utf8')) as { testResults: readonly Suite[] }).testResults;

/** Of each suite its last result. */
const lastResults = (files: readonly string[]): readonly Suite[] => [
  ...new Map(files.flatMap(readSuites).map((suite) => [suite.name, suite])).values(),
];

function total(suites: readonly Suite[]): string {
  const statuses = suites.flatMap(({ status, assertionResults }) => {
    const ofTests = assertionResults.map((one) => one.status);
    // A suite that could not be run, or could not end, has no test to count, and failed all the same.
    return status === 'failed' && !ofTests.includes('failed') ? [...ofTests, 'failed'] : ofTests;
  });
  const count = (...wanted: string[]) => statuses.filter((status) => wanted.includes(status)).length;
  return `${count('passed')} passed, ${count('failed')} failed, ${count('pending', 'todo', 'disabled')} skipped`;
}

const [what, ...runs] = process.argv.slice(2);
const lines =
  what === 'failed'
    ? runs.flatMap(readSuites).flatMap(({ name, status }) => (status === 'failed' ? [name] : []))
    : ['', total(runs.flatMap((files) => lastResults(files.split(','))))];
process.stdout.write(lines.map((line) => `${line}\n`).join(''));
