// Adapter between the PCF life cycle and the list of saved cards. It outputs nothing.
import { createElement, type ReactElement } from "react";
import { cssVariables, recordOf, themeOf } from "@cybs/controls-shared";
import { CardsActions } from "./actions";
import { CardsView } from "./CardsView";
import type { IInputs, IOutputs } from "./generated/ManifestTypes";

export class SavedCards implements ComponentFramework.ReactControl<IInputs, IOutputs> {
  #context!: ComponentFramework.Context<IInputs>;
  #actions!: CardsActions;

  public init(context: ComponentFramework.Context<IInputs>): void {
    this.#context = context;
    this.#actions = new CardsActions(() => this.#context, recordOf(context)?.id);
    void this.#actions.start();
  }
  public updateView(context: ComponentFramework.Context<IInputs>): ReactElement {
    this.#context = context;
    return createElement(CardsView, { actions: this.#actions, variables: cssVariables(themeOf(context)) });
  }
  public getOutputs(): IOutputs { return {}; }
  public destroy(): void { this.#actions.destroy(); }
}
