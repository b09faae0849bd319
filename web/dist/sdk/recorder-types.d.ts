import type { PageRule, TonegateErrorShape } from './types';
/** What a capture does to the recording. */
export type DuringCapture = 'masked' | 'silence' | 'off';
export interface RecorderOptions {
    /** Public keys (`age1…`). Only who has one of their secret keys can open the recording. */
    recipients: readonly string[];
    /** What a capture does to the recording, as at the server. Default `masked`: what the agent hears is masked already. */
    duringCapture?: DuringCapture;
    /** Pages, as `leg.reportPage` tells them, on which nothing is recorded. */
    pages?: PageRule;
    /** Where recorder.worklet.js is; by default beside this file. */
    worklet?: string | URL;
}
/** `recording` until it is `paused`, for whatever reason; `stopped` and `failed` are final. */
export type RecorderState = 'recording' | 'paused' | 'stopped' | 'failed';
export interface RecorderEvents {
    state: (state: RecorderState) => void;
    /** The recording has ended early. The call goes on. */
    error: (error: TonegateErrorShape) => void;
}
export interface LegRecorder {
    readonly recordingId: string;
    readonly conferenceId: string;
    readonly state: RecorderState;
    on<K extends keyof RecorderEvents>(event: K, callback: RecorderEvents[K]): () => void;
    /** Silence from now on, of the same length. The server's pauses, pages and captures pause by themselves. */
    pause(): void;
    resume(): void;
    /**
     * Ends the recording and resolves when all of it is stored. It ends by itself
     * with the call.
     */
    stop(): Promise<void>;
}
/** Where a sealed recording goes. */
export interface UploadTarget {
    /** HTTPS, or the machine itself. At the bridge: `/v1/recordings/{recordingId}/content`. */
    url: string | URL;
    /** Sent as a bearer: at the bridge the leg's `resumeSecret`, for an hour after the call, or a leg token. */
    token?: string;
    /** At the bridge: the leg's id, if `token` is its `resumeSecret`. */
    leg?: string;
    headers?: Record<string, string>;
    /**
     * What must be confirmed before the browser forgets the recording. `hash`, the
     * default, wants a JSON answer with the `size` and the `sha256` (hexadecimal) of
     * what arrived, or, from a server that compares `Repr-Digest` as the bridge does,
     * `Upload-Complete: ?1` and the size as `Upload-Offset`. `status` is content with
     * any status 2xx.
     */
    confirm?: 'hash' | 'status';
    /** Tries, with growing pauses between them. Default 5. */
    attempts?: number;
    signal?: AbortSignal;
}
export interface Uploaded {
    size: number;
    sha256: string;
}
/** A recording that waits in this browser. */
export interface Waiting {
    recordingId: string;
    /** Of the sealed file, in bytes. */
    size: number;
}
