// The Dataverse adapter, put together: one transport, one verb a file.
import { paymentTable, productTable } from "@cybs/schema";
import type { Dataverse } from "../ports/dataverse.ts";
import type { Surroundings } from "../ports/surroundings.ts";
import type { DataverseOptions } from "./connection.ts";
import { identify } from "./identify.ts";
import { createKnownVersions } from "./known-versions.ts";
import { createOptionalColumn } from "./optional-columns.ts";
import { project } from "./project.ts";
import { restore } from "./restore.ts";
import { readAndClaim } from "./read-and-claim.ts";
import { readInvoiceLines } from "./read-invoice-lines.ts";
import { readPaymentRequests } from "./read-payment-requests.ts";
import { readRequest } from "./read-request.ts";
import { readSweep } from "./read-sweep.ts";
import { readTold } from "./read-told.ts";
import { readTrail } from "./read-trail.ts";
import { createSurroundings } from "./surroundings/create-surroundings.ts";
import { createTransport } from "./transport.ts";

/** Speaks the Web API (v9.2) of every configured organization. Close it to end its connections. */
export function createDataverse(options: DataverseOptions): Dataverse & { readonly surroundings: Surroundings; close(): Promise<void> } {
  const transport = createTransport(options);
  const versions = createKnownVersions();
  const reading = { transport, levelThree: createOptionalColumn(productTable.columns.commodityCode, options.now) };
  const writing = { transport, versions, trail: createOptionalColumn(paymentTable.columns.trail, options.now), log: options.log };
  return {
    readAndClaim: readAndClaim(reading, versions),
    readRequest: readRequest(reading),
    readInvoiceLines: readInvoiceLines(reading),
    readPaymentRequests: readPaymentRequests(transport),
    readTold: readTold(transport),
    readTrail: readTrail(writing),
    readSweep: readSweep(transport),
    project: project(writing),
    restore: restore(writing),
    identify: identify(transport),
    surroundings: createSurroundings(transport),
    close: () => transport.close(),
  };
}
