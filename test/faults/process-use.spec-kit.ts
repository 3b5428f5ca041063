import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What a process holds just now, as the kernel says it. */
export interface Use {
  readonly megabytes: number;
  readonly handles: number;
}

export async function useOf(pid: number): Promise<Use> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const kilobytes = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]);
  return { megabytes: Math.round(kilobytes / 1024), handles: (await readdir(`/proc/${pid}/fd`)).length };
}

/** Lets a running process open no more files and sockets than this. Answers what its limit was. */
export async function limitHandles(pid: number, most: number): Promise<number> {
  const limits = await readFile(`/proc/${pid}/limits`, 'utf8');
  const before = Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1]);
  await run('prlimit', ['--pid', String(pid), `--nofile=${most}:`]);
  return before;
}
