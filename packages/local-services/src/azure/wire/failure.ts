/** An error as a service of Azure answers it; each service writes it in its own format. */
export class AzureFailure extends Error {
  override readonly name = "AzureFailure";
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;
  /** More elements of a storage error's body, by name. */
  readonly details: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: string,
    message: string,
    more: {
      readonly headers?: Readonly<Record<string, string>>;
      readonly details?: Readonly<Record<string, string>>;
    } = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = more.headers ?? {};
    this.details = more.details ?? {};
  }
}

/** What the storage services answer to a call that exists in Azure and not here. */
export const notImplemented = (
  what = "The requested operation is not implemented on the specified resource.",
): AzureFailure => new AzureFailure(501, "NotImplemented", what);

export const authenticationFailed = (detail: string): AzureFailure =>
  new AzureFailure(
    403,
    "AuthenticationFailed",
    "Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly including the signature.",
    { details: { AuthenticationErrorDetail: detail } },
  );
