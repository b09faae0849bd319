/**
 * The one error this SDK throws, rejects with and emits. `code` is stable and
 * meant for programs; `detail` is a sentence for people. Neither ever contains
 * a key that was pressed.
 */
export declare class TonegateError extends Error {
    readonly code: string;
    readonly detail: string;
    constructor(code: string, detail: string);
}
