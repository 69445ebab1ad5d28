// Ids of traces and spans: they must differ, and keep no secret. The system is asked for chance by the page, because each question costs more than an id.
const PAGE_BYTES = 4096;

/** Gives random bytes in hexadecimal, each byte once. `random(count)` makes a page; an id is shorter than one. */
export function createSpanIds(random: (count: number) => Buffer): (bytes: number) => string {
  let page: Buffer = Buffer.alloc(0);
  let used = 0;
  return (bytes) => {
    if (used + bytes > page.length) {
      page = random(PAGE_BYTES);
      used = 0;
    }
    used += bytes;
    return page.toString("hex", used - bytes, used);
  };
}
