// Adapter between the PCF life cycle and the timeline of a payment. It outputs nothing.
import { createElement, type ReactElement } from "react";
import { cssVariables, recordOf, themeOf } from "@cybs/controls-shared";
import { TimelineActions } from "./actions";
import { TimelineView } from "./TimelineView";
import type { IInputs, IOutputs } from "./generated/ManifestTypes";

export class PaymentTimeline implements ComponentFramework.ReactControl<IInputs, IOutputs> {
  #context!: ComponentFramework.Context<IInputs>;
  #actions!: TimelineActions;

  public init(context: ComponentFramework.Context<IInputs>): void {
    this.#context = context;
    this.#actions = new TimelineActions(() => this.#context, recordOf(context)?.id);
    void this.#actions.start();
  }
  public updateView(context: ComponentFramework.Context<IInputs>): ReactElement {
    this.#context = context;
    return createElement(TimelineView, { actions: this.#actions, variables: cssVariables(themeOf(context)) });
  }
  public getOutputs(): IOutputs { return {}; }
  public destroy(): void { this.#actions.destroy(); }
}
