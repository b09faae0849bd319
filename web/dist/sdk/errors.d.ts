/**
 * The one error this SDK throws, rejects with and emits. `code` is stable and
 * meant for programs; `detail` is a sentence for people. Neither ever contains
 * a key that was pressed.
 */
export declare class TonegateError extends Error {
    readonly code: string;
    readonly detail: string;
    /** Which member of what was asked for is at fault (RFC 6901). */
    readonly pointer?: string;
    constructor(code: string, detail: string, pointer?: string);
}
