// Adapter between the PCF life cycle and the card picker: no logic, no output values; rows are written by context.webAPI.
import { createElement, type ReactElement } from "react";
import { cssVariables, themeOf } from "@cybs/controls-shared";
import { Picker } from "./actions";
import { PickerView } from "./PickerView";
import type { IInputs, IOutputs } from "./generated/ManifestTypes";

export class CardPicker implements ComponentFramework.ReactControl<IInputs, IOutputs> {
  #context!: ComponentFramework.Context<IInputs>;
  #picker!: Picker;

  public init(context: ComponentFramework.Context<IInputs>): void {
    this.#context = context;
    this.#picker = new Picker(() => this.#context);
    void this.#picker.start();
  }
  public updateView(context: ComponentFramework.Context<IInputs>): ReactElement {
    this.#context = context;
    this.#picker.themeChanged();
    return createElement(PickerView, { picker: this.#picker, variables: cssVariables(themeOf(context)) });
  }
  public getOutputs(): IOutputs { return {}; }
  public destroy(): void { this.#picker.destroy(); }
}
