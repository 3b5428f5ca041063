import { Injectable, type PipeTransform } from '@nestjs/common';
import { SUBJECT_PATTERN } from '../../http-kit/subject.js';
import { malformed } from '../../http-kit/problem-exception.js';

/** A team's id or a person's subject in a path. */
@Injectable()
export class OwnerNamePipe implements PipeTransform<string, string> {
  transform(name: string): string {
    if (SUBJECT_PATTERN.test(name)) return name;
    throw malformed({ in: 'path', field: 'name', rule: 'must be letters, digits and _ . : | -, at most 128' });
  }
}
