import { afterCompany } from './turns.js';

/**
 * One question at a time, each answer shared by all who asked before it was put. Who asks while a question is out waits for the
 * next one: an answer that was given before the question is no answer.
 */
export class Coalesced<T> {
  private current: Promise<T> | undefined;
  private next: Promise<T> | undefined;

  constructor(private readonly question: () => Promise<T>) {}

  ask(): Promise<T> {
    if (this.next) return this.next;
    const before = this.current;
    this.next = (before ? before.then(ignore, ignore) : Promise.resolve()).then(company).then(() => this.put());
    return this.next;
  }

  private put(): Promise<T> {
    const asked = this.question();
    this.current = asked;
    this.next = undefined;
    const done = (): void => {
      if (this.current === asked) this.current = undefined;
    };
    asked.then(done, done);
    return asked;
  }
}

const ignore = (): void => undefined;
const company = (): Promise<void> => new Promise((resolve) => afterCompany(resolve));
