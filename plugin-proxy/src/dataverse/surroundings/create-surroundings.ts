// The Dataverse side of what surrounds payments, put together: one transport, reads in one `$batch` each.
import type { Surroundings } from "../../ports/surroundings.ts";
import type { Transport } from "../transport.ts";
import { cardsWithNumber } from "./cards-with-number.ts";
import { defaultCardsOf } from "./default-cards.ts";
import { readDocuments } from "./read-documents.ts";
import { findUsersWithRole, readPeople } from "./read-people.ts";
import { readBulkRun, readRefundGround } from "./read-refund-ground.ts";
import { closeInvoice, createOnce, writeRows } from "./write-rows.ts";

export const createSurroundings = (transport: Transport): Surroundings => ({
  readRefundGround: readRefundGround(transport), readBulkRun: readBulkRun(transport), readDocuments: readDocuments(transport),
  defaultCardsOf: defaultCardsOf(transport), cardsWithNumber: cardsWithNumber(transport), readPeople: readPeople(transport), findUsersWithRole: findUsersWithRole(transport), createOnce: createOnce(transport), writeRows: writeRows(transport), closeInvoice: closeInvoice(transport),
});
