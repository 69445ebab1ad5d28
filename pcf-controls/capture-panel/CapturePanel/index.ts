// Adapter between the PCF life cycle and the capture panel. It outputs nothing.
import { createElement, type ReactElement } from "react";
import { cssVariables, recordOf, themeOf } from "@cybs/controls-shared";
import { CaptureActions } from "./actions";
import { CaptureView } from "./CaptureView";
import type { IInputs, IOutputs } from "./generated/ManifestTypes";

export class CapturePanel implements ComponentFramework.ReactControl<IInputs, IOutputs> {
  #context!: ComponentFramework.Context<IInputs>;
  #actions!: CaptureActions;

  public init(context: ComponentFramework.Context<IInputs>): void {
    this.#context = context;
    this.#actions = new CaptureActions(() => this.#context, recordOf(context)?.id);
    void this.#actions.start();
  }
  public updateView(context: ComponentFramework.Context<IInputs>): ReactElement {
    this.#context = context;
    return createElement(CaptureView, { actions: this.#actions, variables: cssVariables(themeOf(context)) });
  }
  public getOutputs(): IOutputs { return {}; }
  public destroy(): void { this.#actions.destroy(); }
}
