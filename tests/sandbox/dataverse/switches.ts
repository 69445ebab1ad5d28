// Where documentation is silent, the stand-in plays one permitted case. Each such case has a name and can be turned: POST /_sandbox/switches.
// docs/reference lists them; a test shows that each one bites.
export const SWITCHES = {
  /** Statecode 2 and 3 of an order are refused in an update; CancelSalesOrder and FulfillSalesOrder set them. Public error reports, not documented. */
  ordersCloseByActionOnly: true,
  /** A submitted order is as read-only as a closed one [mem]. */
  submittedOrdersAreReadOnly: true,
  /** ConvertSalesOrderToInvoice moves the order to Invoiced; varies by organization [mem]. */
  conversionInvoicesOrder: false,
  /** ConvertQuoteToSalesOrder closes an active quote as won [mem]. */
  conversionWinsQuote: true,
  /** Money is rounded to the digits of the row's currency when it is stored [mem]. */
  moneyRoundsToCurrency: false,
  /** Columns that are only business required are enforced for API clients too. Documented: they are not. */
  businessRequiredIsEnforced: false,
  /** The owner of a row, a team too, must have a role that reads its table. Public error reports. */
  ownerNeedsReadPrivilege: true,
  /** Characters of an address, twice as many inside a batch [mem]. */
  urlCharactersMax: 32_768,
  /** $select of a navigation property is a 400 [mem]; left out silently otherwise. */
  selectingNavigationIsRefused: true,
  /** Rows that an aggregation may read (AggregateQueryRecordLimit) [mem]. */
  aggregateRowsMax: 50_000,
  /** An update without representation names its row in OData-EntityId too, as a create does [mem]. */
  patchNamesTheRow: true,
  /** FetchXML names linked columns alias.column; older versions wrote alias_x002e_column [mem]. */
  fetchAliasesHaveDots: true,
  /** 401 says where to sign in (WWW-Authenticate) [mem]. */
  unauthorizedSaysWhere: true,
  /** `?tag=` reaches steps as a shared variable [mem]. */
  tagReachesSteps: true,
  /** HTTP status of a duplicate that a rule found: 500 in the documentation, 412 elsewhere. */
  duplicateDetectionStatus: 500,
  /** Milliseconds of business time before an asynchronous step, a system job, an index or an import begins and ends. */
  asyncStepMs: 0,
  indexBuildMs: 0,
  importMs: 0,
  systemJobMs: 0,
  /** Every alternate key index that is built fails, as it does when rows break the key. */
  indexBuildFails: false,
  /** Real milliseconds after which a webhook is given up. Documented: 60 s. */
  webhookTimeoutMs: 60_000,
  /** What a filter on a secured column does for who may not read it: refuse, or see null [mem]. */
  securedFilterIsRefused: true,
} satisfies Readonly<Record<string, boolean | number>>;

export type Switches = { -readonly [Name in keyof typeof SWITCHES]: (typeof SWITCHES)[Name] extends boolean ? boolean : number };

export const createSwitches = (): Switches => ({ ...SWITCHES });

/** Turns some; throws for a name or a kind of value that is none. */
export function turn(switches: Switches, wanted: Readonly<Record<string, unknown>>): Switches {
  for (const [name, value] of Object.entries(wanted)) {
    const known = Object.hasOwn(SWITCHES, name) ? SWITCHES[name as keyof Switches] : undefined;
    if (known === undefined || typeof value !== typeof known) throw new Error(`no switch ${name} that can be ${JSON.stringify(value)}`);
  }
  return Object.assign(switches, wanted);
}
