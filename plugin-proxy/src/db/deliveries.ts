// Deliveries that arrive together are taken in one statement, and so with one commit. None is answered before that commit, and one that the database
// refuses does not take its neighbours along: then each is tried alone.
import { SHOWN_AFTER_MS } from "../domain/timeline/trail.ts";
import { deliveryWords, type LedgerTransaction } from "../ports/ledger.ts";
import type { Sql } from "./database.ts";
import { ON_CONFLICT } from "./work.ts";

export type Delivery = Parameters<LedgerTransaction["takeDelivery"]>[0];
type Take = (delivery: Delivery) => Promise<boolean>;

const TOGETHER_MAX = 100;
/** Statements under way at a time: while one commits, the next collects. */
const UNDER_WAY_MAX = 2;
/** More than that wait for no answer in time: the sender is told at once, and sends again. */
const WAITING_MAX = 10_000;

const keyOf = ({ organizationId, source, key }: Pick<Delivery, "organizationId" | "source" | "key">): string => JSON.stringify([organizationId, source, key]);
const byText = <T>(of: (one: T) => string) => (left: T, right: T): number => { const [one, other] = [of(left), of(right)]; return one < other ? -1 : one > other ? 1 : 0; };

const TAKE = `with given as (select * from unnest($1::text[],$2::text[],$3::text[],$4::bigint[],$5::text[],$6::text[],$7::bigint[],$8::text[],$9::text[],$10::text[],$11::text[])
    with ordinality as given (organization_id, source, key, at, kind, work_key, due_at, trace, reference, line_new, line_again, place)),
  taken as (insert into inbox (organization_id, source, key, received_at) select organization_id, source, key, at from given order by place on conflict do nothing returning organization_id, source, key),
  named as (select given.*, effect.organization_id as owner, effect.payment_request_id, taken.key is null as is_again
    from given join attempt on attempt.merchant_reference = given.reference join effect on effect.effect_id = attempt.effect_id and effect.organization_id = given.organization_id
    left join taken on taken.organization_id = given.organization_id and taken.source = given.source and taken.key = given.key),
  follows as (select given.kind, organization_id, given.work_key, given.due_at, given.trace from given join taken using (organization_id, source, key) where given.kind is not null
    union all select 'project', owner, payment_request_id, at + ${SHOWN_AFTER_MS}, null from named),
  due as (insert into work (kind, organization_id, key, due_at, trace)
    select distinct on (kind, organization_id, work_key) kind, organization_id, work_key, due_at, trace from follows order by kind, organization_id, work_key, due_at ${ON_CONFLICT}),
  told as (insert into trail (organization_id, payment_request_id, happened_at, source, body)
    select owner, payment_request_id, at, 'webhook', case when is_again then line_again else line_new end from named order by place)
  select organization_id, source, key from taken`;

/**
 * Inbox, work and timeline of all of them in one statement: all or nothing, also without a transaction. No two may have the same organization, source
 * and key. True for those that are new. Rows are locked in the order of their keys, so that two such statements never wait for each other.
 */
export async function takeDeliveries(sql: Sql, deliveries: readonly Delivery[]): Promise<readonly boolean[]> {
  const sorted = deliveries.toSorted(byText(keyOf));
  const line = ({ names }: Delivery, isNew: boolean): string | null => (names === undefined ? null : JSON.stringify({ what: deliveryWords(isNew), ...names }));
  const { rows } = await sql.query("deliveries-take", TAKE, [
    sorted.map((one) => one.organizationId), sorted.map((one) => one.source), sorted.map((one) => one.key), sorted.map((one) => Math.floor(one.at)),
    sorted.map((one) => one.work?.kind ?? null), sorted.map((one) => one.work?.key ?? null), sorted.map((one) => (one.work === undefined ? null : Math.ceil(one.work.dueAt))), sorted.map((one) => one.work?.trace ?? null),
    sorted.map((one) => one.names?.merchantReference ?? null), sorted.map((one) => line(one, true)), sorted.map((one) => line(one, false)),
  ]);
  const taken = new Set(rows.map((row) => JSON.stringify([row["organization_id"], row["source"], row["key"]])));
  return deliveries.map((one) => taken.has(keyOf(one)));
}

interface Waiting { readonly delivery: Delivery; readonly resolve: (isNew: boolean) => void; readonly reject: (error: unknown) => void }

/** Takes deliveries as they come, those of one turn of the event loop (`later`) and those that waited for a statement together. */
export function createDeliveryDesk(sql: Sql, later: (work: () => void) => void = setImmediate): Take {
  let waiting: Waiting[] = [];
  let underWay = 0;
  let isCalled = false;

  /** A delivery that is there already, or twice among these, waits for the next statement: it is told that it is one more. */
  const nextGroup = (): readonly Waiting[] => {
    const group = new Map<string, Waiting>();
    const left: Waiting[] = [];
    for (const one of waiting) {
      const key = keyOf(one.delivery);
      if (group.size < TOGETHER_MAX && !group.has(key)) group.set(key, one);
      else left.push(one);
    }
    waiting = left;
    return [...group.values()];
  };
  const alone = async ({ delivery, resolve, reject }: Waiting): Promise<void> => {
    try { resolve((await takeDeliveries(sql, [delivery]))[0] === true); } catch (error) { reject(error); }
  };
  const take = async (group: readonly Waiting[]): Promise<void> => {
    let news: readonly boolean[];
    try { news = await takeDeliveries(sql, group.map((one) => one.delivery)); } catch (error) {
      if (group.length === 1) group[0]?.reject(error);
      else for (const one of group) await alone(one);
      return;
    }
    for (const [index, one] of group.entries()) one.resolve(news[index] === true);
  };
  const work = (): void => {
    isCalled = false;
    while (underWay < UNDER_WAY_MAX && waiting.length > 0) {
      underWay += 1;
      void take(nextGroup()).finally(() => { underWay -= 1; work(); });
    }
  };
  return (delivery) => new Promise((resolve, reject) => {
    if (waiting.length >= WAITING_MAX) { reject(new Error("too many deliveries wait to be taken")); return; }
    waiting.push({ delivery, resolve, reject });
    if (isCalled || underWay >= UNDER_WAY_MAX) return;
    isCalled = true;
    later(work);
  });
}
