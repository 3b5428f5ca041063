import { Injectable, type PipeTransform } from '@nestjs/common';
import { isUuid } from '../ids/uuid.js';
import { malformed } from './problem-exception.js';

/** `:id` of a lead or contact. */
@Injectable()
export class UuidPipe implements PipeTransform<string, string> {
  transform(id: string): string {
    if (!isUuid(id)) throw malformed({ in: 'path', field: 'id', rule: 'must be a UUID in lower case' });
    return id;
  }
}

/** A name that becomes part of a stream's name: a team's id or a segment. */
@Injectable()
export class NamePipe implements PipeTransform<string, string> {
  transform(name: string): string {
    if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(name)) {
      throw malformed({ in: 'path', field: 'id', rule: 'must be letters, digits, _ and -, at most 64' });
    }
    return name;
  }
}
