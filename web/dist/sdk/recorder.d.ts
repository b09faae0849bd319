import type { LegRecorder, RecorderOptions, UploadTarget, Uploaded, Waiting } from './recorder-types';
import type { Leg } from './types';
export type * from './recorder-types';
/**
 * Records a leg from now on: channel 1 is its own voice, channel 2 what it hears.
 * Resolves once sound runs and the first segment is stored. Call it after a click,
 * as `joinConference`.
 */
export declare function recordLeg(leg: Leg, options: RecorderOptions): Promise<LegRecorder>;
/** Recordings that wait in this browser, those of calls under way and of pages that crashed included. */
export declare const waitingRecordings: () => Promise<Waiting[]>;
/** The sealed file of a recording that waits in this browser. */
export declare const sealedRecording: (recordingId: string) => Promise<Blob>;
/** Forgets a recording that waits in this browser. Rejects with `recording_in_use` while it is written or uploaded. */
export declare const discardRecording: (recordingId: string) => Promise<void>;
/**
 * Uploads a recording and, once the far end has confirmed it, forgets here what
 * was uploaded. Rejects with `recording_in_use` while it is written, or uploaded by
 * another tab.
 */
export declare const uploadRecording: (recordingId: string, target: UploadTarget) => Promise<Uploaded>;
