// Adapter between the PCF life cycle and the refund panel: on a new row it asks, on an existing one it shows and lets decide. It outputs nothing.
import { createElement, type ReactElement } from "react";
import { cssVariables, lookupOf, recordOf, themeOf } from "@cybs/controls-shared";
import { RefundActions } from "./actions";
import { RefundView } from "./RefundView";
import type { IInputs, IOutputs } from "./generated/ManifestTypes";

export class RefundPanel implements ComponentFramework.ReactControl<IInputs, IOutputs> {
  #context!: ComponentFramework.Context<IInputs>;
  #actions!: RefundActions;

  public init(context: ComponentFramework.Context<IInputs>): void {
    this.#context = context;
    const { payment, invoice, salesOrder } = context.parameters;
    this.#actions = new RefundActions(() => this.#context, { requestId: recordOf(context)?.id, paymentId: lookupOf(payment), invoiceId: lookupOf(invoice), salesOrderId: lookupOf(salesOrder) });
    void this.#actions.start();
  }
  public updateView(context: ComponentFramework.Context<IInputs>): ReactElement {
    this.#context = context;
    return createElement(RefundView, { actions: this.#actions, variables: cssVariables(themeOf(context)) });
  }
  public getOutputs(): IOutputs { return {}; }
  public destroy(): void { this.#actions.destroy(); }
}
