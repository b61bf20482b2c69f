import { Optional, Text } from './fields.js';

export class ContainerConfigDto {
  /** Identifier of an agent; without it the default agent. */
  @Optional()
  @Text(1, 100)
  readonly agent?: string;
}
