import { Param, type PipeTransform } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { DomainError } from '../../persistence/domain-error.js';

/** A malformed id answers as an unknown one does, 404: nothing has it, and callers need one answer for both. */
class IdPipe implements PipeTransform<string, string> {
  constructor(private readonly noun: string) {}

  transform(value: string): string {
    if (!isUUID(value)) throw new DomainError('NOT_FOUND', `There is no ${this.noun} with this id.`);
    return value.toLowerCase();
  }
}

/** The `:id` of the path. `noun` names in the 404 what was looked for. */
export const Id = (noun: string): ParameterDecorator => Param('id', new IdPipe(noun));
