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
    /** It hears comfort music, and nobody hears it. */
    onHold: boolean;
}
/**
 * Where the agent is. In all states but `together` the agent is outside: it hears
 * comfort music and nothing of customer and IVR, and they hear nothing of it.
 */
export type TransferState = 'together' | 'parking' | 'with_ivr' | 'returning';
/** `ivr`: the customer is alone with the IVR; `agent`: the agent is back. */
export type TransferTo = 'ivr' | 'agent';
export type MaskMode = 'strip' | 'field' | 'mute';
/** What is being done to the customer's tones right now. */
export interface Masking {
    state: 'strip' | 'armed' | 'mute';
    mode: MaskMode;
    armed: boolean;
    /**
     * Press-to-talk is open: the agent hears the customer although a capture
     * mutes it, tones replaced. Agents alone are told.
     */
    talk: boolean;
}
/** A field that is asked for by the name of its kind. */
export type FieldName = 'card_number' | 'expiry' | 'cvv' | 'postal_code' | 'bank_account' | 'pin' | 'digits';
export type FieldState = 'pending' | 'entering' | 'valid' | 'rejected' | 'failed';
/** Why an entry was not accepted. */
export type FieldReason = 'not_digits' | 'length' | 'unknown_brand' | 'luhn' | 'month' | 'past' | 'too_far' | 'pattern' | 'refused';
export type Brand = 'visa' | 'mastercard' | 'amex' | 'discover' | 'diners' | 'jcb' | 'unionpay' | 'maestro';
/** How far one field has come. A supervisor is told its name and state only. */
export interface CaptureField {
    name: string;
    state: FieldState;
    digitsEntered: number;
    /** Bullets; the server never sends a digit of a field in progress. */
    masked: string;
    /** Of an accepted card number. */
    brand?: Brand;
    /** Of an accepted card number. */
    lastFour?: string;
    /** From 1, once it was asked for. */
    attempt?: number;
    /** Why it was rejected. */
    reason?: FieldReason;
}
/** What there is of a completed payment. The result itself is the platform's alone. */
export interface Receipt {
    of: 'token' | 'charge' | 'envelope';
    /** The last characters of its reference, to tell it from others. */
    ending?: string;
}
/** Why a payment failed. */
export interface PaymentFailure {
    class: 'declined' | 'slow' | 'unavailable' | 'nonsense' | 'redirected' | 'bad_certificate' | 'echoed' | 'circuit_open' | 'cancelled' | 'invalid_order';
    /** The provider may have carried the order out: look there before trying again. */
    sent: boolean;
}
export type CaptureState = 'arming' | 'collecting' | 'submitting' | 'completed' | 'failed' | 'cancelled' | 'expired';
/** Why a capture ended, where there is more to say than its state. */
export type CaptureReason = 'no_input' | 'too_many_attempts' | 'too_many_digits' | 'arena_full' | 'timeout' | 'cancel_key' | 'hang_up' | 'conference_ended' | 'restart' | 'submit_timeout' | 'declined' | 'provider_error' | 'provider_timeout' | 'provider_unreachable' | 'collector' | 'not_recorded';
export interface Capture {
    captureId: string;
    state: CaptureState;
    reason?: CaptureReason;
    fields: CaptureField[];
    /** Who gets the card once all fields are valid; absent: nobody, the digits are wiped. */
    connector?: string;
    /** Of a payment that completed. */
    receipt?: Receipt;
    /** Of a payment that failed. */
    failure?: PaymentFailure;
}
/** The server's recording of the call. Everybody on it is told. */
export interface Recording {
    state: 'recording' | 'paused' | 'stopped' | 'failed';
    /** Of a pause that nobody asked for: the agent's page, or a capture. Of a failure: its cause. */
    reason?: 'page' | 'capture' | RecordingFailure | (string & {});
    /** To agents and supervisors, while recordings do not get to their store: why. */
    delivery?: DeliveryTrouble | (string & {});
}
/** Why a recording did not begin, or ended early: `spool_full` is the limit of waiting recordings, `disk_full` the disk. */
export type RecordingFailure = 'not_started' | 'spool_full' | 'disk_full' | 'disk';
/** Why a recording waits at the server instead of being in its store. */
export type DeliveryTrouble = 'store_down' | 'store_slow' | 'store_full' | 'store_refused' | 'store_mismatch' | 'spool_damaged' | 'expired';
/** Which pages pause, and which resume; as in a conference's `recording.pages`. */
export interface PageRule {
    /** Patterns; `*` stands for any characters, `/` included, and case makes no difference. */
    pause: readonly string[];
    /** Without any every page resumes that does not pause. */
    resume?: readonly string[];
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
    /** `ended`, `left`, `removed`, `agent_lost` after `left`; what is being repaired while `reconnecting`. */
    reason?: string;
    /** Set when the state is `failed`. */
    error?: TonegateErrorShape;
}
/** The members every TonegateError has; see errors.ts for the class. */
export interface TonegateErrorShape extends Error {
    readonly code: string;
    readonly detail: string;
    readonly pointer?: string;
}
export interface LegEvents {
    state: (state: LegState, detail: StateDetail) => void;
    capture: (capture: Capture) => void;
    level: (levels: Level[]) => void;
    quality: (quality: Quality) => void;
    masking: (masking: Masking) => void;
    /** Of agents and supervisors. */
    transfer: (state: TransferState) => void;
    recording: (recording: Recording) => void;
    /** The page that was reported, as it was sent. */
    page: (page: string) => void;
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
    /**
     * What the customer is asked for, in this order. Without any: one entry of any
     * keys. Fields of its own the platform asks for, with its API key.
     */
    fields?: readonly FieldName[];
    /** One of the leg's `connectors`. Without one the digits are wiped once they are valid. */
    connector?: string;
    /** `tokenize`, the default, moves no money; `charge` wants an amount. */
    action?: 'tokenize' | 'charge';
    /** In minor units, such as cents, and an ISO 4217 code. */
    amount?: {
        value: number;
        currency: string;
    };
    /** What is heard of the customer meanwhile. Default `field`. */
    mask?: MaskMode;
    /** Ask for no field until `retryField` names it: the agent leads. */
    onDemand?: boolean;
    /** Disarm masking when the card goes to the provider, not at its outcome. */
    releaseOnSubmit?: boolean;
    /** Of the field `digits`; 4 or more. */
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
    /** Where the agent is, as agents and supervisors are told. */
    readonly transferState: TransferState;
    /** Names of the payment providers that a capture may name; of legs with grant `capture`. */
    readonly connectors: readonly string[];
    /** The server's recording; null: there was none. */
    readonly recording: Recording | null;
    /** The page that was reported last. */
    readonly page: string | undefined;
    readonly muted: boolean;
    /** What this leg hears. It stays the same object over reconnections. */
    readonly stream: MediaStream;
    /** This leg's own voice, as it is sent. */
    readonly outgoing: MediaStreamTrack;
    /** True from a press of press-to-talk until it is known to be over. */
    readonly listening: boolean;
    /** What lets this leg come back, and upload what it recorded itself; empty before it has joined. */
    readonly resumeSecret: string;
    /** Subscribes; the returned function unsubscribes. */
    on<K extends keyof LegEvents>(event: K, callback: LegEvents[K]): () => void;
    mute(muted: boolean): void;
    /**
     * Puts a leg on hold or takes it off; without a leg's id, this one. For others'
     * legs the grant `hold` is wanted. `legs` tells when it holds, `error` why not.
     */
    hold(onHold: boolean, legId?: string): void;
    /**
     * Of legs with grant `transfer`. To the `ivr`: resolves once the agent is
     * outside. To the `agent`: cancels a capture that collects, and resolves once
     * the agent is together with the customer again. Rejects if the server refuses.
     */
    transfer(to: TransferTo): Promise<void>;
    /** Sends keys as named events; resolves when the last one has gone out. */
    sendDigits(digits: string, options?: DigitOptions): Promise<void>;
    /** Resolves once masking is armed and the customer is being asked. */
    startCapture(options?: CaptureOptions): Promise<Capture>;
    /** Has the customer key one field, at once and anew, whatever became of it before. */
    retryField(field: string): Promise<Capture>;
    /** Ends a capture that has no connector, or that an external collector reads. */
    completeCapture(): Promise<Capture>;
    /** Resolves once it is cancelled; rejects if it was too late. */
    cancelCapture(): Promise<Capture>;
    /**
     * Press-to-talk, of legs with grant `talk`: hear the customer during a capture
     * with mask `mute`, tones replaced, until it is released, for ten seconds at
     * most. Resolves once the customer can be heard; rejects if the server refuses,
     * or with `talk_released` if it was released before. That it is over, whatever
     * ended it, is told by `masking`.
     */
    pressTalk(): Promise<void>;
    /** Releases it at once; harmless when nothing is pressed. */
    releaseTalk(): void;
    /**
     * Pauses what the platform records; of legs with grant `record`. Resolves once
     * the server says so.
     */
    pauseRecording(): Promise<void>;
    /**
     * Resumes it. Rejects with `page_pauses` on a page that pauses it, and with
     * `capture_pauses` while only a capture does.
     */
    resumeRecording(): Promise<void>;
    /**
     * Tells the server which page the agent is on, a route or the name of a tab: the
     * conference's rule may pause the recording there. What follows `?` or `#` is cut
     * off, and long numbers are. Told again after each reconnection. Legs without
     * grant `page` tell nobody.
     */
    reportPage(page: string): void;
    leave(): void;
    getStats(): Promise<RTCStatsReport>;
}
