// Generated from solution/src by solution/schema/generate.ts: change the table there, then run the generator.
export const productTable = {
  logicalName: "product",
  entitySetName: "products",
  primaryId: "productid",
  primaryName: "name",
  columns: {
    commodityCode: "cybs_commoditycode",
  },
  lookupValues: {},
  navigation: {},
  collections: {},
  maxLengths: {
    commodityCode: 20,
  },
  keys: {},
  forms: {},
  choices: {
  },
} as const;
