// Generated from solution/src by solution/schema/generate.ts: change the table there, then run the generator.
export const invoiceTable = {
  logicalName: "invoice",
  entitySetName: "invoices",
  primaryId: "invoiceid",
  primaryName: "name",
  columns: {
    externalReferenceId: "cybs_externalreferenceid",
    paymentAppliedId: "cybs_paymentappliedid",
    paymentStatus: "cybs_paymentstatus",
  },
  lookupValues: {
    paymentAppliedId: "_cybs_paymentappliedid_value",
  },
  navigation: {
    paymentAppliedId: "cybs_PaymentAppliedId",
  },
  collections: {
    creditMemos: "cybs_Invoice_CreditMemos",
    manualPayments: "cybs_Invoice_ManualPayments",
    paymentAllocations: "cybs_Invoice_PaymentAllocations",
    paymentRequests: "cybs_Invoice_PaymentRequests",
    payments: "cybs_Invoice_Payments",
    refundRequests: "cybs_Invoice_RefundRequests",
  },
  maxLengths: {
    externalReferenceId: 100,
  },
  keys: {},
  forms: {
    invoicePayments: "0726405b-0d56-4274-82ea-ae37b78acdb5",
  },
  choices: {
    paymentStatus: {
      unpaid: 727000000,
      inProgress: 727000001,
      authorized: 727000002,
      partlyPaid: 727000003,
      paid: 727000004,
      refunded: 727000005,
      needsAttention: 727000006,
      unknown: 727000007,
    },
  },
} as const;
