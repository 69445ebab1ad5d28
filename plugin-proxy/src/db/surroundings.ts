// What the ledger keeps beside payments, on PostgreSQL and PGlite. Booking, allocating and noting; the rules are in domain/.
import { fromExactJson } from "../domain/exact-json.ts";
import { asPaymentRequestId, type OrganizationId } from "../domain/ids.ts";
import type { EffectEvent } from "../domain/payment/events.ts";
import { TRAIL_MAX, type TrailEntry } from "../domain/timeline/trail.ts";
import type { BookedRefund, SurroundingsLedger } from "../ports/surroundings-ledger.ts";
import type { Row, Sql } from "./database.ts";
import { paymentsToWatch, findPayment } from "./watched-payments.ts";

export function surroundingsOver(sql: Sql): SurroundingsLedger {
  return {
    ...refundsOver(sql), ...allocationsOver(sql), ...cardsOver(sql), ...trailOver(sql),
    findPayment: (id) => findPayment(sql, id),
    paymentsToWatch: (query) => paymentsToWatch(sql, query),
  };
}

const toBooked = (row: Row, organizationId: OrganizationId): BookedRefund => ({
  organizationId, refundRequestId: asPaymentRequestId(String(row["refund_request_id"])), authorId: String(row["author_id"]), customerId: String(row["customer_id"]),
  currency: String(row["currency"]), minor: row["minor"] as bigint, at: Number(row["happened_at"]), hands: JSON.parse(String(row["hands"])) as string[],
});

const bigOf = (row: Row | undefined): bigint => { const total = row?.["total"]; return typeof total === "string" ? BigInt(total) : 0n; };

function refundsOver(sql: Sql): Pick<SurroundingsLedger, "lockBooks" | "bookRefund" | "releaseRefund" | "bookedRefund" | "spentMinor"> {
  return {
    async lockBooks(organizationId, keys) {
      for (const key of [...new Set(keys)].sort()) await sql.query("book-lock", "insert into book (organization_id, key) values ($1,$2) on conflict (organization_id, key) do update set turns = book.turns + 1", [organizationId, key]);
    },
    async bookRefund(refund) {
      await sql.write("refund-book", "insert into refund_use (organization_id, refund_request_id, author_id, customer_id, currency, minor, happened_at, hands) values ($1,$2,$3,$4,$5,$6,$7,$8) on conflict do nothing",
        [refund.organizationId, refund.refundRequestId, refund.authorId, refund.customerId, refund.currency, refund.minor, Math.floor(refund.at), JSON.stringify(refund.hands)]);
    },
    async releaseRefund(organizationId, refundRequestId) {
      await sql.write("refund-release", "update refund_use set is_released = true where organization_id = $1 and refund_request_id = $2", [organizationId, refundRequestId]);
    },
    async bookedRefund(organizationId, refundRequestId) {
      const { rows: [row] } = await sql.query("refund-booked", "select * from refund_use where organization_id = $1 and refund_request_id = $2", [organizationId, refundRequestId]);
      return row === undefined ? undefined : toBooked(row, organizationId);
    },
    async spentMinor(query) {
      const [column, id] = "authorId" in query ? ["author_id", query.authorId] : ["customer_id", query.customerId];
      const { rows: [row] } = await sql.query(`refund-spent-${column}`, `select coalesce(sum(minor), 0)::text as total from refund_use where organization_id = $1 and ${column} = $2 and currency = $3 and happened_at between $4 and $6 and refund_request_id <> $5 and not is_released`,
        [query.organizationId, id, query.currency, Math.floor(query.since), query.except, Math.floor(query.until ?? Number.MAX_SAFE_INTEGER)]);
      return bigOf(row);
    },
  };
}

function allocationsOver(sql: Sql): Pick<SurroundingsLedger, "allocationsOf" | "allocatedMinor" | "saveAllocations"> {
  return {
    async allocationsOf({ organizationId, paymentRequestId }) {
      const { rows } = await sql.query("allocation-load", "select * from allocation where organization_id = $1 and payment_request_id = $2 order by applied_at, invoice_id", [organizationId, paymentRequestId]);
      return rows.map((row) => ({ invoiceId: String(row["invoice_id"]), amountMinor: row["amount_minor"] as bigint, refundedMinor: row["refunded_minor"] as bigint }));
    },
    async allocatedMinor({ organizationId, invoiceId, except }) {
      const { rows: [row] } = await sql.query("allocation-sum", "select coalesce(sum(amount_minor - refunded_minor), 0)::text as total from allocation where organization_id = $1 and invoice_id = $2 and payment_request_id <> $3", [organizationId, invoiceId, except]);
      return bigOf(row);
    },
    async saveAllocations({ organizationId, paymentRequestId }, allocations, at) {
      for (const { invoiceId, amountMinor, refundedMinor } of allocations) {
        await sql.write("allocation-save", "insert into allocation (organization_id, payment_request_id, invoice_id, amount_minor, refunded_minor, applied_at) values ($1,$2,$3,$4,$5,$6) on conflict (organization_id, payment_request_id, invoice_id) do update set amount_minor = $4, refunded_minor = $5",
          [organizationId, paymentRequestId, invoiceId, amountMinor, refundedMinor, Math.floor(at)]);
      }
    },
  };
}

function cardsOver(sql: Sql): Pick<SurroundingsLedger, "notePaidWith" | "hasPaidWith" | "cardHolders" | "changeCardHolder"> {
  return {
    async notePaidWith({ organizationId, customerId, paymentInstrumentId }) {
      await sql.write("paid-with-note", "insert into paid_with (organization_id, customer_id, payment_instrument_id) values ($1,$2,$3) on conflict do nothing", [organizationId, customerId, paymentInstrumentId]);
    },
    async hasPaidWith({ organizationId, customerId, paymentInstrumentId }) {
      return (await sql.query("paid-with-known", "select 1 as one from paid_with where organization_id = $1 and customer_id = $2 and payment_instrument_id = $3", [organizationId, customerId, paymentInstrumentId])).rows.length > 0;
    },
    async cardHolders({ organizationId, cards }) {
      if (cards.length === 0) return [];
      // Both parts see the table as it was before: what is noted here is not found, and is as it was given.
      const { rows } = await sql.query("card-holders",
        `with given as (select * from unnest($2::text[], $3::text[]) as given (payment_method_id, customer_id)),
        noted as (insert into card_holder (organization_id, payment_method_id, customer_id) select $1, payment_method_id, customer_id from given on conflict do nothing)
        select payment_method_id, card_holder.customer_id from card_holder join given using (payment_method_id) where organization_id = $1`,
        [organizationId, cards.map((card) => card.paymentMethodId), cards.map((card) => card.customerId)]);
      const known = new Map(rows.map((row) => [String(row["payment_method_id"]), String(row["customer_id"])]));
      return cards.map((card) => known.get(card.paymentMethodId) ?? card.customerId);
    },
    async changeCardHolder({ organizationId, paymentMethodId, customerId }) {
      await sql.write("card-holder-change", "update card_holder set customer_id = $3 where organization_id = $1 and payment_method_id = $2", [organizationId, paymentMethodId, customerId]);
    },
  };
}

/** Both lists in one statement: each costs as much again in JavaScript as what it brings. */
const latest = (columns: string, table: string): string => `select * from (select sequence, ${columns} from ${table} where organization_id = $1 and payment_request_id = $2 order by sequence desc limit ${TRAIL_MAX}) as latest_of_${table}`;
const HAPPENINGS = `${latest("null::bigint as happened_at, null::text as source, body", "event")} union all ${latest("happened_at, source, body", "trail")} order by sequence`;

function trailOver(sql: Sql): Pick<SurroundingsLedger, "appendTrail" | "happeningsOf" | "isNoted" | "forgetNote"> {
  return {
    async isNoted({ organizationId, key }) {
      return (await sql.query("notice-known", "select 1 as one from inbox where organization_id = $1 and source = 'notice' and key = $2", [organizationId, key])).rows.length > 0;
    },
    async forgetNote({ organizationId, key }) {
      await sql.write("notice-forget", "delete from inbox where organization_id = $1 and source = 'notice' and key = $2", [organizationId, key]);
    },
    async appendTrail({ organizationId, paymentRequestId, at, source, ...body }) {
      await sql.write("trail-append", "insert into trail (organization_id, payment_request_id, happened_at, source, body) values ($1,$2,$3,$4,$5)", [organizationId, paymentRequestId, Math.floor(at), source, JSON.stringify(body)]);
    },
    async happeningsOf({ organizationId, paymentRequestId }) {
      const { rows } = await sql.query("happenings-load", HAPPENINGS, [organizationId, paymentRequestId]);
      const [events, trail]: [EffectEvent[], TrailEntry[]] = [[], []];
      for (const row of rows) {
        const { source } = row;
        if (typeof source !== "string") events.push(fromExactJson(String(row["body"])) as EffectEvent);
        else trail.push({ ...(JSON.parse(String(row["body"])) as Pick<TrailEntry, "what">), organizationId, paymentRequestId, at: Number(row["happened_at"]), source: source as TrailEntry["source"] });
      }
      return { events, trail };
    },
  };
}
