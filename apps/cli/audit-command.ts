import type { Command } from 'commander';
import { addFsckCommand } from './audit-fsck.js';
import { addKeyCommand } from './audit-key.js';
import { addMonitorCommand } from './audit-monitor.js';
import { addRebuildCommand } from './audit-rebuild.js';
import { addReportCommand } from './audit-report.js';
import { addVerifyCommand } from './audit-verify.js';

export function addAuditCommand(baton: Command): void {
  const audit = baton.command('audit').description('prove or disprove the log, with no network and no server');
  addVerifyCommand(audit);
  addFsckCommand(audit);
  addMonitorCommand(audit);
  addReportCommand(audit);
  addRebuildCommand(audit);
  addKeyCommand(audit);
}
