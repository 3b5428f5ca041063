/*
 * node dist/tools/test-results.js failed FILE: the suites that failed, a line each.
 * node dist/tools/test-results.js total FILE [AGAIN]: the closing line; AGAIN holds the failed suites, run once more.
 */
import { readFileSync } from 'node:fs';

/** What is used of the file that Jest writes with --json. */
interface JestResults {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

const readResults = (file: string): JestResults => JSON.parse(readFileSync(file, 'utf8')) as JestResults;

const failedSuites = ({ testResults }: JestResults) => testResults.filter(({ status }) => status === 'failed');

function total(first: JestResults, again: JestResults | undefined): string {
  const inFailed = failedSuites(first).flatMap(({ assertionResults }) => assertionResults);
  const passedInFailed = again ? inFailed.filter(({ status }) => status === 'passed').length : 0;
  const passed = first.numPassedTests - passedInFailed + (again?.numPassedTests ?? 0);
  return `${passed} passed, ${(again ?? first).numFailedTests} failed, ${first.numPendingTests} skipped`;
}

const [what, file = '', again] = process.argv.slice(2);
const first = readResults(file);
const lines =
  what === 'failed'
    ? failedSuites(first).map(({ name }) => name)
    : ['', total(first, again === undefined ? undefined : readResults(again))];
process.stdout.write(lines.map((line) => `${line}\n`).join(''));
