/** An answer other than 200, with the text that the API hands on to its client. */
export class HttpFailure extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
    this.name = 'HttpFailure';
  }
}
