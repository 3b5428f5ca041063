import type { Caller } from '../../http-kit/caller.js';
import { forbidden, malformed } from '../../http-kit/problem-exception.js';
import type { Dataset } from '../dataset.js';
import type { ExportRangeQuery } from './exports.dto.js';

/** They read every lead in any case: a file of all of them shows them nothing new. */
const MAY_EXPORT = ['analyst', 'auditor', 'privacy', 'service'];
const MAY_EXPORT_PEOPLE = 'privacy';

/** @throws ProblemException 403 for other roles, 400 for a range that holds nothing or a question about nobody */
export function assertMayExport({ roles }: Pick<Caller, 'roles'>, of: Dataset, query: ExportRangeQuery): void {
  if (!roles.some((role) => MAY_EXPORT.includes(role))) {
    throw forbidden('exports are for analysts, auditors, privacy and services');
  }
  const { from, to, withPersonalData } = query;
  if (withPersonalData && !roles.includes(MAY_EXPORT_PEOPLE)) {
    throw forbidden('personal data is exported by the role privacy only');
  }
  if (withPersonalData && !of.hasPersonalData) {
    throw malformed({ in: 'query', field: 'withPersonalData', rule: `must be false: ${of.name} hold none` });
  }
  if (from !== undefined && to !== undefined && from >= to) {
    throw malformed({ in: 'query', field: 'to', rule: 'must be later than from' });
  }
}
