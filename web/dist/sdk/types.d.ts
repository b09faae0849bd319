/** The names a leg may join under. */
export type Role = 'customer' | 'agent' | 'ivr' | 'supervisor';
/**
 * Where this browser's own leg stands.
 *
 * `connecting` until media flows for the first time; `reconnecting` while the
 * signalling socket or the media path is being repaired (audio may well still
 * be running); `left` and `failed` are final.
 */
export type LegState = 'connecting' | 'connected' | 'reconnecting' | 'left' | 'failed';
/** A party of the conference, as the server sees it. */
export interface LegInfo {
    legId: string;
    role: Role;
    kind: 'external' | 'builtin';
    state: 'invited' | 'joining' | 'connected' | 'reconnecting' | 'left';
}
export type MaskMode = 'strip' | 'field' | 'mute';
/** What is being done to the customer's tones right now. */
export interface Masking {
    state: 'strip' | 'armed' | 'mute';
    mode: MaskMode;
    armed: boolean;
}
export interface CaptureField {
    name: string;
    state: string;
    digitsEntered: number;
    /** Bullets; the server never sends a digit of a field in progress. */
    masked: string;
}
export interface Capture {
    captureId: string;
    state: 'arming' | 'collecting' | 'submitting' | 'completed' | 'failed' | 'cancelled' | 'expired';
    /** Why it ended, where there is more to say than its state. */
    reason?: string;
    fields: CaptureField[];
}
/** Speech level of one leg that this leg hears, measured after masking. */
export interface Level {
    legId: string;
    dbm0: number;
}
/** This leg's own packets as the server received them. */
export interface Quality {
    lost: number;
    concealed: number;
    received: number;
}
/** Why a leg is in the state it is in. */
export interface StateDetail {
    /** `ended`, `left`, `removed` after `left`; what is being repaired while `reconnecting`. */
    reason?: string;
    /** Set when the state is `failed`. */
    error?: TonegateErrorShape;
}
/** The members every TonegateError has; see errors.ts for the class. */
export interface TonegateErrorShape extends Error {
    readonly code: string;
    readonly detail: string;
}
export interface LegEvents {
    state: (state: LegState, detail: StateDetail) => void;
    capture: (capture: Capture) => void;
    level: (levels: Level[]) => void;
    quality: (quality: Quality) => void;
    masking: (masking: Masking) => void;
    legs: (legs: LegInfo[]) => void;
    error: (error: TonegateErrorShape) => void;
}
export interface JoinOptions {
    /** WebSocket address of the server, e.g. `wss://voice.example/v1/rtc`. */
    url: string;
    /** The leg token. It opens one join and is never put into an address. */
    token: string;
    /**
     * Where the outgoing voice comes from: `true` (the default) asks for the
     * microphone, a stream is used as it is and never stopped, `false` sends
     * silence from an own track so that keys can still be sent.
     */
    microphone?: boolean | MediaStream;
    /** Plays what the leg hears. Chromium needs one for any received audio. */
    audioElement?: HTMLAudioElement;
    /** Used when `microphone` is `true`. All are on by default. */
    audioProcessing?: {
        echoCancellation?: boolean;
        noiseSuppression?: boolean;
        autoGainControl?: boolean;
        deviceId?: string;
    };
    /**
     * Negotiate named DTMF events (RFC 4733). A leg that wants to hear keys as
     * tones, such as an IVR in a browser, sets this to `false`.
     */
    telephoneEvent?: boolean;
    /** From the join block; those of the server's `joined` take precedence. */
    iceServers?: (string | RTCIceServer)[];
    /** Give up the first join after this long. Default 15 000 ms. */
    connectTimeout?: number;
    /** Give up repairing a lost connection after this long. Default 35 000 ms. */
    reconnectTimeout?: number;
}
export interface DigitOptions {
    /** Length of each key in ms, 40 to 6000. Default 100. */
    duration?: number;
    /** Pause between keys in ms, at least 30. Default 70. */
    gap?: number;
}
export interface CaptureOptions {
    mask?: MaskMode;
    maxDigits?: number;
}
export interface Leg {
    readonly id: string;
    readonly conferenceId: string;
    readonly role: Role;
    readonly grants: readonly string[];
    /** True in demonstration calls, where pages may draw what they hear. */
    readonly demonstration: boolean;
    readonly state: LegState;
    readonly legs: readonly LegInfo[];
    readonly masking: Masking;
    readonly capture: Capture | null;
    readonly muted: boolean;
    /** What this leg hears. It stays the same object over reconnections. */
    readonly stream: MediaStream;
    /** Subscribes; the returned function unsubscribes. */
    on<K extends keyof LegEvents>(event: K, callback: LegEvents[K]): () => void;
    mute(muted: boolean): void;
    /** Sends keys as named events; resolves when the last one has gone out. */
    sendDigits(digits: string, options?: DigitOptions): Promise<void>;
    startCapture(options?: CaptureOptions): Promise<Capture>;
    completeCapture(): Promise<Capture>;
    cancelCapture(): Promise<Capture>;
    leave(): void;
    getStats(): Promise<RTCStatsReport>;
}
