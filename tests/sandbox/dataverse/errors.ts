// Dataverse's refusals: HTTP status, hexadecimal code, its own text. Source: learn.microsoft.com/power-apps/developer/data-platform/webapi/compose-http-requests-handle-errors
export class DataverseError extends Error {
  override readonly name = "DataverseError";
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}
export const notFound = (table: string, id: string): DataverseError => new DataverseError(404, "0x80040217", `${table} With Id = ${id} Does Not Exist`);
export const noSegment = (segment: string): DataverseError => new DataverseError(404, "0x8006088a", `Resource not found for the segment '${segment}'.`);
export const badRequest = (message: string, code = "0x80060888"): DataverseError => new DataverseError(400, code, message);
export const invalidArgument = (message: string): DataverseError => new DataverseError(400, "0x80040203", message);
export const unknownProperty = (property: string, table: string): DataverseError =>
  new DataverseError(400, "0x80048d19", `Error identified in Payload provided by the user for Entity :'${table}', For more information on this error please follow this help link. InnerException : Invalid property '${property}' was found in entity 'Microsoft.Dynamics.CRM.${table}'.`);
export const undeclaredNavigation = (name: string): DataverseError =>
  new DataverseError(400, "0x80048d19", `An undeclared property '${name}' which only has property annotations in the payload but no property value was found in the payload. In OData, only declared navigation properties and declared named streams can be represented as properties without values.`);
export const noColumn = (table: string, column: string): DataverseError => new DataverseError(400, "0x80060888", `Could not find a property named '${column}' on type 'Microsoft.Dynamics.CRM.${table}'.`);
export const methodNotAllowed = (): DataverseError => new DataverseError(405, "0x80060888", "The requested resource does not support the http method used.");
export const uriTooLong = (): DataverseError => new DataverseError(414, "0x80060888", "The request URI is too long.");
export const duplicateId = (): DataverseError => new DataverseError(412, "0x80040237", "Cannot insert duplicate key.");
export const duplicateKey = (key: string): DataverseError => new DataverseError(412, "0x80060892", `A record that has the attribute values of the key ${key} already exists. The entity key requires that this set of attributes contains unique values. Select unique values and try again.`);
export const versionMismatch = (): DataverseError => new DataverseError(412, "0x80060882", "The version of the existing record doesn't match the RowVersion property provided.");
