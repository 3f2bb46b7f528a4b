/**
 * The texts that shared access signatures are made over, by version of the service. `f` reads a query parameter.
 * https://learn.microsoft.com/rest/api/storageservices/create-account-sas
 * https://learn.microsoft.com/rest/api/storageservices/create-service-sas
 * https://learn.microsoft.com/rest/api/storageservices/create-user-delegation-sas
 */
export type Fields = (name: string) => string;

export function accountSasText(f: Fields, account: string): string {
  const scope = f("sv") >= "2020-12-06" ? [f("ses")] : [];
  return [account, f("sp"), f("ss"), f("srt"), f("st"), f("se"), f("sip"), f("spr"), f("sv"), ...scope, ""].join("\n");
}

/** `resource`: "/blob/account/container" or "/blob/account/container/blob". */
export function serviceSasText(f: Fields, resource: string): string {
  const version = f("sv");
  return [
    f("sp"),
    f("st"),
    f("se"),
    resource,
    f("si"),
    f("sip"),
    f("spr"),
    version,
    ...(version >= "2018-11-09" ? [f("sr"), ""] : []),
    ...(version >= "2020-12-06" ? [f("ses")] : []),
    ...overrides(f),
  ].join("\n");
}

/** `signedHeaders` and `signedQuery`: the canonical forms of what `srh` and `srq` name. */
export function delegationSasText(f: Fields, resource: string, signedHeaders: string, signedQuery: string): string {
  const version = f("sv");
  return [
    f("sp"),
    f("st"),
    f("se"),
    resource,
    f("skoid"),
    f("sktid"),
    f("skt"),
    f("ske"),
    f("sks"),
    f("skv"),
    ...(version >= "2020-02-10" ? [f("saoid"), f("suoid"), f("scid")] : []),
    ...(version >= "2025-07-05" ? [f("skdutid"), f("sduoid")] : []),
    f("sip"),
    f("spr"),
    version,
    f("sr"),
    "",
    ...(version >= "2020-12-06" ? [f("ses")] : []),
    ...(version >= "2026-04-06" ? [signedHeaders, signedQuery] : []),
    ...overrides(f),
  ].join("\n");
}

/** `resource`: "/table/account/table", in lower case. */
export function tableSasText(f: Fields, resource: string): string {
  const range = [f("spk"), f("srk"), f("epk"), f("erk")];
  return [f("sp"), f("st"), f("se"), resource, f("si"), f("sip"), f("spr"), f("sv"), ...range].join("\n");
}

const overrides = (f: Fields): readonly string[] => [f("rscc"), f("rscd"), f("rsce"), f("rscl"), f("rsct")];
