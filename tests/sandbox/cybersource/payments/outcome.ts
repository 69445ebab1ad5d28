// What can become of a payment: one shape for every trigger, whether ours or of a documented processor simulator.
export type Outcome =
  | { readonly kind: "approve" }
  | { readonly kind: "decline"; readonly reason: string }
  | { readonly kind: "soft_decline"; readonly reason: "AVS_FAILED" | "CV_FAILED" }
  | { readonly kind: "partial" } | { readonly kind: "risk_decline"; readonly reason: string } | { readonly kind: "case_review" } | { readonly kind: "review_before" }
  | { readonly kind: "status"; readonly status: string; readonly reason?: string }
  | { readonly kind: "bad_request"; readonly reason: string }
  | { readonly kind: "http"; readonly status: number; readonly isExecuted: boolean; readonly reason?: "SYSTEM_ERROR" | "SERVER_TIMEOUT" | "SERVICE_TIMEOUT" };
