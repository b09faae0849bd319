import type { JoinOptions, Leg } from './types';
export * from './types';
export { TonegateError } from './errors';
export { followPages } from './pages';
/**
 * Opens the microphone, then joins. Resolves once the server has let the leg
 * in (its `state` is then `connecting` until audio flows); rejects with a
 * TonegateError otherwise.
 */
export declare function joinConference(options: JoinOptions): Promise<Leg>;
