// What waits to be sent: one at a time, in the order in which it was left; what could not be sent waits and is sent again before what came after it.

const WAITS = [2000, 4000, 8000, 15000, 30000];

export class Queue {
  /** `send(item)` resolves with true when the item is to be sent again later. `stuck(items)` is told of those that wait. */
  constructor(send, stuck) {
    Object.assign(this, { send, stuck, items: [], attempts: 0, timer: 0, busy: null });
  }

  add(item) {
    if (!this.items.includes(item)) this.items.push(item);
    if (this.timer) this.stuck(this.items);
    else this.drain();
  }

  /** Sends at once what waits. */
  now() {
    clearTimeout(this.timer);
    this.timer = 0;
    return this.drain();
  }

  drain() {
    this.busy ??= this.sendAll().finally(() => { this.busy = null; if (this.items.length && !this.timer) this.drain(); });
    return this.busy;
  }

  async sendAll() {
    while (this.items.length) {
      if (await this.send(this.items[0])) {
        this.timer = setTimeout(() => this.now(), WAITS[Math.min(this.attempts++, WAITS.length - 1)]);
        this.stuck(this.items);
        return;
      }
      this.attempts = 0;
      this.items.shift();
    }
  }
}
