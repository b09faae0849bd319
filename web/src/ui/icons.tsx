import type { JSX } from 'preact'

/** Line icons on a 24-unit grid; decorative, so hidden from assistive tools. */
const icon = (paths: JSX.Element) => () => (
  <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">
    {paths}
  </svg>
)

export const PhoneIcon = icon(<path d="M6.6 3.5 9 3l2 5-2 1.6a12 12 0 0 0 5.4 5.4L16 13l5 2-.5 2.4A3.5 3.5 0 0 1 17 20 15 15 0 0 1 4 7a3.5 3.5 0 0 1 2.6-3.5Z" />)
export const HangUpIcon = icon(<path d="M3 14.5c0-6 18-6 18 0V17l-5 .5-.6-3a11 11 0 0 0-6.8 0l-.6 3L3 17Z" />)
export const HeadsetIcon = icon(
  <>
    <path d="M4 14v-2a8 8 0 0 1 16 0v2" />
    <path d="M4 14h3v5H5.5A1.5 1.5 0 0 1 4 17.5ZM20 14h-3v5h1.5a1.5 1.5 0 0 0 1.5-1.5Z" />
    <path d="M20 18c0 2-2 3-5 3" />
  </>,
)
export const CardIcon = icon(
  <>
    <rect x="2.5" y="5" width="19" height="14" rx="2.5" />
    <path d="M2.5 10h19M6 15h4" />
  </>,
)
export const MicIcon = icon(
  <>
    <rect x="9" y="3" width="6" height="11" rx="3" />
    <path d="M5 11a7 7 0 0 0 14 0M12 18v3" />
  </>,
)
export const MicOffIcon = icon(
  <>
    <path d="M15 10V6a3 3 0 0 0-6 0v5a3 3 0 0 0 4.5 2.6M5 11a7 7 0 0 0 11 5.7M19 11a7 7 0 0 1-.5 2.6M12 18v3M3 3l18 18" />
  </>,
)
export const ShieldIcon = icon(
  <>
    <path d="M12 3 4.5 6v6c0 4.5 3.2 7.6 7.5 9 4.3-1.4 7.5-4.5 7.5-9V6Z" />
    <path d="m9 12 2.2 2.200L15.5 10" />
  </>,
)
export const WarnIcon = icon(
  <>
    <path d="M12 4 2.8 20h18.400Z" />
    <path d="M12 10v4.500M12 17.300v.1" />
  </>,
)
export const CheckIcon = icon(<path d="m4.5 12.500 5 5L19.5 7" />)
export const SwapIcon = icon(<path d="M7 4 3 8l4 4M3 8h13M17 12l4 4-4 4M21 16H8" />)
export const PauseIcon = icon(<path d="M8.5 5v14M15.500 5v14" />)
export const RedoIcon = icon(<path d="M20 5v5h-5M20 10a8 8 0 1 0 .5 5" />)
export const InfoIcon = icon(
  <>
    <circle cx="12" cy="12" r="9" />
    <path d="M12 11v5.500M12 7.700v.1" />
  </>,
)
export const OpenIcon = icon(<path d="M14 4h6v6M20 4l-9 9M18 14v5a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1h5" />)
export const WaveIcon = icon(<path d="M3 12h2M8 7v10M12 4v16M16 8v8M20 12h1" />)
export const SpeakerIcon = icon(<path d="M4 9.500v5h3.500L12 18.500v-13L7.5 9.500ZM16 9a4.2 4.2 0 0 1 0 6M18.5 6.500a8 8 0 0 1 0 11" />)
export const BackIcon = icon(<path d="M9 6h11v12H9l-6-6ZM12.5 9.500l5 5M17.5 9.500l-5 5" />)
export const LinkIcon = icon(<path d="M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.7-5.700l-1 1M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 5.7 5.700l1-1" />)

/** A gate in a tone's path: the mark of the product. */
export const Logo = () => (
  <svg viewBox="0 0 32 32" aria-hidden="true">
    <rect width="32" height="32" rx="8" fill="var(--accent)" />
    <g stroke="var(--on-accent)" stroke-width="2.6" stroke-linecap="round" fill="none">
      <path d="M6 16h1.500M11 10.500v11M16 6.500v5M16 20.500v5M21 10.500v11M24.5 16H26" />
    </g>
    <circle cx="16" cy="16" r="2" fill="var(--on-accent)" />
  </svg>
)
