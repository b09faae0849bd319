import type { Leg, PageRule } from './types';
/**
 * A page as it is told: decoded, without query and fragment, where numbers stand,
 * and with a bullet in place of seven digits or more, whatever parts them by up to
 * three characters. The name is for a rule, not for people.
 */
export declare function pageName(page: string): string;
/** Whether a recording is paused on a page, given whether it was on the one before. */
export declare function pausedOn({ pause, resume }: PageRule, page: string, paused: boolean): boolean;
/**
 * Reports the page's path now and whenever it changes; returns the undo. It hears
 * of `history.pushState` where the browser has the Navigation API; elsewhere, and
 * for routes that are no paths, call `leg.reportPage` from the router.
 */
export declare function followPages(leg: Leg, name?: () => string): () => void;
