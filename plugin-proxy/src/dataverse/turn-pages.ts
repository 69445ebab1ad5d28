// Lists that may be longer than a page: each sweep reads the next page, where the one before ended, so that all rows are seen in turn. A page that is
// no longer there costs one sweep: then the list is read from its beginning.
import { z } from "zod";
import { API_PATH } from "./connection.ts";
import { textColumn } from "./rows/column-kinds.ts";
import type { Read } from "./write-batch.ts";

const PAGE_SIZE = 100;
const Link = z.object({ "@odata.nextLink": textColumn });

export interface Pages {
  /** The page that comes next of a list; `first` is its beginning. */
  ask(key: string, first: string): Read;
  /** Remembers where it goes on; false when this was its last page. */
  turn(key: string, body: unknown): boolean;
}

export function turnPages(): Pages {
  const next = new Map<string, string>();
  return {
    ask(key, first) {
      const path = next.get(key) ?? first;
      next.delete(key);
      return { kind: "read", path, pageSize: PAGE_SIZE };
    },
    turn(key, body) {
      const path = pathOfLink(Link.safeParse(body).data?.["@odata.nextLink"]);
      if (path !== undefined) next.set(key, path);
      return path !== undefined;
    },
  };
}

/** A link is followed only below the Web API's root, on the configured host. */
export function pathOfLink(link: string | undefined): string | undefined {
  if (link === undefined || !URL.canParse(link)) return undefined;
  const { pathname, search } = new URL(link);
  return pathname.startsWith(API_PATH) ? `${pathname.slice(API_PATH.length)}${search}` : undefined;
}
