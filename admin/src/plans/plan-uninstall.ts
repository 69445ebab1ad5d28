// Whether the product may be removed, and in which order. Pure. Money that is not finished, and forms that would break, stop it.
export interface OpenPayment { readonly name: string; readonly why: string }
export interface HoldingForm { readonly name: string; readonly table: string }
export interface UninstallFacts {
  readonly isInstalled: boolean;
  readonly open: readonly OpenPayment[];
  /** Unmanaged forms with a control of ours: the customer's own. */
  readonly forms: readonly HoldingForm[];
  readonly steps: readonly { readonly id: string; readonly name: string }[];
  readonly hasEndpoint: boolean;
  readonly connectionSolutionId: string | undefined;
  readonly solutionId: string | undefined;
  readonly holdingId: string | undefined;
}
export type UninstallStep =
  | { readonly kind: "remove_step"; readonly id: string; readonly name: string }
  | { readonly kind: "remove_endpoint" } | { readonly kind: "remove_connection_solution"; readonly id: string }
  | { readonly kind: "remove_variable_values" } | { readonly kind: "remove_solution"; readonly id: string };
export type UninstallPlan =
  | { readonly kind: "money_in_flight"; readonly open: readonly OpenPayment[] }
  | { readonly kind: "controls_on_forms"; readonly forms: readonly HoldingForm[] }
  | { readonly kind: "nothing_to_do" }
  | { readonly kind: "remove"; readonly steps: readonly UninstallStep[] };

export function planUninstall(facts: UninstallFacts): UninstallPlan {
  if (facts.open.length > 0) return { kind: "money_in_flight", open: facts.open };
  if (facts.isInstalled && facts.forms.length > 0) return { kind: "controls_on_forms", forms: facts.forms };
  // Dataverse calls the relay until the last step is gone; the solution goes last, because its publisher holds the connection.
  const steps: readonly UninstallStep[] = [
    ...facts.steps.map(({ id, name }) => ({ kind: "remove_step" as const, id, name })),
    ...(facts.hasEndpoint ? [{ kind: "remove_endpoint" as const }] : []),
    ...(facts.connectionSolutionId === undefined ? [] : [{ kind: "remove_connection_solution" as const, id: facts.connectionSolutionId }]),
    ...(facts.isInstalled ? [{ kind: "remove_variable_values" as const }] : []),
    ...(facts.holdingId === undefined ? [] : [{ kind: "remove_solution" as const, id: facts.holdingId }]),
    ...(facts.solutionId === undefined ? [] : [{ kind: "remove_solution" as const, id: facts.solutionId }]),
  ];
  return steps.length === 0 ? { kind: "nothing_to_do" } : { kind: "remove", steps };
}
