import { Injectable, type PipeTransform } from '@nestjs/common';
import { malformed } from './problem-exception.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** `:id` of a lead or contact. */
@Injectable()
export class UuidPipe implements PipeTransform<string, string> {
  transform(id: string): string {
    if (!UUID.test(id)) throw malformed({ in: 'path', field: 'id', rule: 'must be a UUID in lower case' });
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
