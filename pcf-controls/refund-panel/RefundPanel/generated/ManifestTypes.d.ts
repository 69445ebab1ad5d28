/*
*This is auto generated from the ControlManifest.Input.xml file
*/

// Define IInputs and IOutputs Type. They should match with ControlManifest.
export interface IInputs {
    requestName: ComponentFramework.PropertyTypes.StringProperty;
    payment: ComponentFramework.PropertyTypes.LookupProperty;
    invoice: ComponentFramework.PropertyTypes.LookupProperty;
    salesOrder: ComponentFramework.PropertyTypes.LookupProperty;
}
export interface IOutputs {
    requestName?: string;
    payment?: ComponentFramework.LookupValue[];
    invoice?: ComponentFramework.LookupValue[];
    salesOrder?: ComponentFramework.LookupValue[];
}
