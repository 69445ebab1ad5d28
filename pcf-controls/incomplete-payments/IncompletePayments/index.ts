// Adapter between the PCF life cycle and the list of incomplete payments. It outputs nothing.
import { createElement, type ReactElement } from "react";
import { cssVariables, themeOf } from "@cybs/controls-shared";
import { IncompleteActions } from "./actions";
import { IncompleteView } from "./IncompleteView";
import type { IInputs, IOutputs } from "./generated/ManifestTypes";

export class IncompletePayments implements ComponentFramework.ReactControl<IInputs, IOutputs> {
  #context!: ComponentFramework.Context<IInputs>;
  #actions!: IncompleteActions;

  public init(context: ComponentFramework.Context<IInputs>): void {
    this.#context = context;
    this.#actions = new IncompleteActions(() => this.#context);
    void this.#actions.start();
  }
  public updateView(context: ComponentFramework.Context<IInputs>): ReactElement {
    this.#context = context;
    return createElement(IncompleteView, { actions: this.#actions, variables: cssVariables(themeOf(context)) });
  }
  public getOutputs(): IOutputs { return {}; }
  public destroy(): void { this.#actions.destroy(); }
}
