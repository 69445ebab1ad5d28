// Adapter between the PCF life cycle and the bulk run: a new row carries the selection in its plan column. It outputs nothing.
import { createElement, type ReactElement } from "react";
import { cssVariables, themeOf } from "@cybs/controls-shared";
import { BulkActions } from "./actions";
import { BulkView } from "./BulkView";
import type { IInputs, IOutputs } from "./generated/ManifestTypes";

export class BulkRun implements ComponentFramework.ReactControl<IInputs, IOutputs> {
  #context!: ComponentFramework.Context<IInputs>;
  #actions!: BulkActions;

  public init(context: ComponentFramework.Context<IInputs>): void {
    this.#context = context;
    this.#actions = new BulkActions(() => this.#context, context.parameters.plan.raw);
    void this.#actions.start();
  }
  public updateView(context: ComponentFramework.Context<IInputs>): ReactElement {
    this.#context = context;
    return createElement(BulkView, { actions: this.#actions, variables: cssVariables(themeOf(context)) });
  }
  public getOutputs(): IOutputs { return {}; }
  public destroy(): void { this.#actions.destroy(); }
}
