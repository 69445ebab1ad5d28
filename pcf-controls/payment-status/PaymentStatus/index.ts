// Adapter between the PCF life cycle and the payment status. It outputs nothing and works on read-only forms too.
import { createElement, type ReactElement } from "react";
import { createWords, cssVariables, recordOf, themeOf } from "@cybs/controls-shared";
import { createStatus, type Status } from "./status";
import { StatusView } from "./StatusView";
import type { IInputs, IOutputs } from "./generated/ManifestTypes";

export class PaymentStatus implements ComponentFramework.ReactControl<IInputs, IOutputs> {
  #context!: ComponentFramework.Context<IInputs>;
  #status!: Status;

  public init(context: ComponentFramework.Context<IInputs>): void {
    this.#context = context;
    this.#status = createStatus(() => this.#context, recordOf(context));
    this.#status.start();
  }
  public updateView(context: ComponentFramework.Context<IInputs>): ReactElement {
    this.#context = context;
    return createElement(StatusView, { status: this.#status, words: createWords(() => this.#context), variables: cssVariables(themeOf(context)) });
  }
  public getOutputs(): IOutputs { return {}; }
  public destroy(): void { this.#status.stop(); }
}
