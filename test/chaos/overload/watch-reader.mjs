// A watch that goes on behind what it has read, however often it is ended: what it has seen must be without gaps and repetitions.
import { setTimeout as sleep } from 'node:timers/promises';

export class WatchReader {
  /** `name resourceVersion` of every event, in order. */
  seen = [];
  ends = 0;
  brokenFrames = 0;
  refusals = 0;
  #stopped = false;
  #response;

  constructor(client, path, from) {
    this.client = client;
    this.path = path;
    this.revision = from;
  }

  /** Follows until it is stopped. */
  async follow() {
    while (!this.#stopped) {
      const query = `watch=1&allowWatchBookmarks=true&resourceVersion=${this.revision}`;
      const response = await this.client.open(`${this.path}?${query}`).catch(() => undefined);
      if (response?.statusCode !== 200) {
        this.refusals++;
        response?.resume();
        await sleep(200);
        continue;
      }
      this.#response = response;
      if (this.paused) response.pause();
      await this.#read(response);
      if (!this.#stopped) this.ends++;
    }
  }

  pause() {
    this.paused = true;
    this.#response?.pause();
  }

  resume() {
    this.paused = false;
    this.#response?.resume();
  }

  stop() {
    this.#stopped = true;
    this.#response?.destroy();
  }

  /** Resolves when the connection is over; counts what was cut in the middle of an event. */
  #read(response) {
    let rest = '';
    return new Promise((done) => {
      response.setEncoding('utf8');
      response.on('data', (text) => {
        const lines = (rest + text).split('\n');
        rest = lines.pop();
        for (const line of lines) this.#take(JSON.parse(line));
        if (this.paused) response.pause();
      });
      response.on('error', () => undefined);
      response.on('close', () => {
        if (rest !== '' && !this.#stopped) this.brokenFrames++;
        done();
      });
    });
  }

  #take({ type, object }) {
    this.revision = object.metadata.resourceVersion;
    if (type !== 'BOOKMARK') this.seen.push(`${object.metadata.name} ${this.revision}`);
  }
}
