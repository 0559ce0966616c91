// One user's connections to the gateway: requests over kept-alive TLS, and watches whose reader may stop reading.
import { Agent, request as httpsRequest } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';

export class ApiClient {
  constructor({ port, ca, token, cert, key }, sockets = 16) {
    this.agent = new Agent({ keepAlive: true, maxSockets: sockets, ca, cert, key });
    this.options = {
      host: '127.0.0.1',
      port,
      agent: this.agent,
      headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
    };
  }

  /** Answers code, headers, body and how long it took; code 0 if the connection failed. Never throws. */
  call(method, path, body) {
    const started = performance.now();
    return new Promise((done) => {
      const over = (code, headers = {}, text = '') => done({ code, headers, text, ms: performance.now() - started });
      const request = httpsRequest({ ...this.options, method, path }, (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('end', () => over(response.statusCode, response.headers, Buffer.concat(chunks).toString()));
        response.on('error', (error) => over(0, {}, String(error)));
      });
      request.on('error', (error) => over(0, {}, String(error)));
      request.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  /** Opens all its connections, so that what is measured later is no handshake. */
  async warm(path) {
    await Promise.all(Array.from({ length: this.agent.maxSockets }, () => this.call('GET', path)));
    return this;
  }

  /** As clients should: comes again when it is told to. The time it took counts from the first attempt. */
  async callPatiently(method, path, body, refused = () => undefined) {
    const started = performance.now();
    for (;;) {
      const answer = await this.call(method, path, body);
      if (answer.code !== 429) return { ...answer, ms: performance.now() - started };
      refused();
      await sleep(1_000 * Number(answer.headers['retry-after'] ?? 1));
    }
  }

  /** Opens a request and hands over its raw response: whoever asks decides whether to read. */
  open(path) {
    return new Promise((done, fail) => {
      const request = httpsRequest({ ...this.options, agent: false, ca: this.agent.options.ca, path }, done);
      request.on('error', fail);
      request.end();
    });
  }

  close() {
    this.agent.destroy();
  }
}
