import { inspect } from 'node:util';

/**
 * A secret's clear text while it is on its way into one request head. Everything that prints, serializes or
 * concatenates it by accident gets `[secret]`; only `reveal` gives the value.
 */
export class SecretValue {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [Symbol.toPrimitive](): string {
    return '[secret]';
  }

  [inspect.custom](): string {
    return '[secret]';
  }
}
