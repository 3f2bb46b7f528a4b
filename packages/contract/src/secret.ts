const inspect = Symbol.for("nodejs.util.inspect.custom");

/** A value that cannot be printed by accident: `toString`, `toJSON` and inspection say `[secret]`. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value itself. Hand it to what needs it; never to a log, an event or a command line. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return "[secret]";
  }

  toJSON(): string {
    return "[secret]";
  }

  [inspect](): string {
    return "[secret]";
  }
}
