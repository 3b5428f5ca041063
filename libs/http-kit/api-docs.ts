import { applyDecorators } from '@nestjs/common';
import { ApiBearerAuth, ApiHeader, ApiProperty, ApiResponse } from '@nestjs/swagger';

class FieldErrorDoc {
  @ApiProperty({ description: 'JSON pointer into the body; elsewhere the name.', example: '/profile/industry' })
  field!: string;

  @ApiProperty({ example: 'must be a code: lower-case letters, digits and _ . : + -, at most 64' })
  rule!: string;

  @ApiProperty({ required: false, enum: ['query', 'path', 'header'], description: 'Absent: in the body.' })
  in?: string;
}

/** RFC 9457, as every refusal is answered. */
class ProblemDoc {
  @ApiProperty({ example: 'urn:baton:problem:illegal-transition', description: 'Stable: programs go by this.' })
  type!: string;

  @ApiProperty({ example: 'The lifecycle does not allow this now' })
  title!: string;

  @ApiProperty({ example: 409 })
  status!: number;

  @ApiProperty({ required: false })
  detail?: string;

  @ApiProperty({ required: false, example: 'urn:baton:request:0bf7c41a-fcf2-45c7-94be-11542e327a3b' })
  instance?: string;

  @ApiProperty({ required: false, type: [FieldErrorDoc] })
  errors?: FieldErrorDoc[];

  @ApiProperty({ required: false, description: 'illegal-transition: where the lead stands', example: 'offered' })
  state?: string;

  @ApiProperty({ required: false, type: [String], description: 'illegal-transition: what it allows' })
  allowed?: string[];

  @ApiProperty({ required: false, description: 'duplicate: the lead that the person has already' })
  leadId?: string;
}

const refusals = (of: Readonly<Record<number, string>>) =>
  Object.entries(of).map(([status, description]) =>
    ApiResponse({
      status: Number(status),
      description,
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/ProblemDoc' } } },
    }),
  );

const READING = {
  400: 'malformed: each error names a field and a rule',
  401: 'unauthenticated',
  403: 'forbidden: not for your role',
  404: 'not-found: or not yours to see',
  429: 'rate-limited: see Retry-After',
  503: 'overloaded, or a store that is away: see Retry-After',
};

/** What all routes that read have in common in the API's description. */
export const ApiReading = () =>
  applyDecorators(
    ApiBearerAuth(),
    ApiResponse({ status: 'default', description: 'A problem (RFC 9457).', type: ProblemDoc }),
    ...refusals(READING),
  );

/** What all routes that write have in common in the API's description. */
export const ApiWriting = () =>
  applyDecorators(
    ApiReading(),
    ApiHeader({
      name: 'Idempotency-Key',
      required: true,
      description:
        '1 to 255 printable ASCII characters. The same key again, from the same client, is the same command and gets ' +
        'its first answer.',
    }),
    ApiHeader({
      name: 'If-Match',
      required: false,
      description: 'The ETag of the state that was read: the command is refused (412) where it is no longer so.',
    }),
    ...refusals({
      409: 'illegal-transition, duplicate or conflict',
      412: 'precondition-failed',
      422: 'invalid, or idempotency-key-reused',
      428: 'precondition-required: this command needs If-Match',
    }),
  );
