import { type SecretDriver } from "@trimaran/contract";
export interface SecretStore {
    /** The newest version is the last. */
    readonly secrets: Map<string, {
        readonly version: string;
        readonly value: string;
    }[]>;
    puts: number;
}
export declare function secretStore(): SecretStore;
/** A driver over a `Map`: for tests of what uses secrets. Sound by its own suite; gone with the process. */
export declare function memorySecrets(store: SecretStore): SecretDriver;
