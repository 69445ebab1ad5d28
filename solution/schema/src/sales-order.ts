// Generated from solution/src by solution/schema/generate.ts: change the table there, then run the generator.
export const salesOrderTable = {
  logicalName: "salesorder",
  entitySetName: "salesorders",
  primaryId: "salesorderid",
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
    creditMemos: "cybs_SalesOrder_CreditMemos",
    manualPayments: "cybs_SalesOrder_ManualPayments",
    paymentAllocations: "cybs_SalesOrder_PaymentAllocations",
    paymentRequests: "cybs_SalesOrder_PaymentRequests",
    payments: "cybs_SalesOrder_Payments",
    refundRequests: "cybs_SalesOrder_RefundRequests",
  },
  maxLengths: {
    externalReferenceId: 100,
  },
  keys: {},
  forms: {
    orderPayments: "621d3184-f083-473b-b17e-b9f07296e618",
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
