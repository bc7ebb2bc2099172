// One line set on a 24 px grid, drawn for Tongban: stroke only, colour and width come from the page's .icon class.
export const icons = {
  search: '<circle cx="10.5" cy="10.5" r="6.5"/><path d="m15.5 15.5 5 5"/>',
  pin: '<path d="M12 21s-6.5-6-6.5-11a6.5 6.5 0 0 1 13 0c0 5-6.5 11-6.5 11Z"/><circle cx="12" cy="10" r="2.25"/>',
  globe: '<circle cx="12" cy="12" r="9"/><path d="M3 12h18M12 3c2.5 2.6 3.75 5.6 3.75 9S14.5 18.4 12 21c-2.5-2.6-3.75-5.6-3.75-9S9.5 5.6 12 3Z"/>',
  user: '<circle cx="12" cy="8" r="4"/><path d="M4.5 20.5c.7-4 3.6-6.25 7.5-6.25s6.8 2.25 7.5 6.25"/>',
  users: '<circle cx="9" cy="8.5" r="3.5"/><path d="M2.5 19.5c.6-3.5 3-5.25 6.5-5.25s5.9 1.75 6.5 5.25M15.5 5.25a3.5 3.5 0 0 1 0 6.5M18 14.75c2 .7 3.2 2.25 3.5 4.75"/>',
  building: '<path d="M5 21V4.5h9V21M14 9.5h5V21M3 21h18M8 8.5h3M8 12h3M8 15.5h3M16.5 13v.01M16.5 16.5v.01"/>',
  elder: '<path d="M4 19 9.5 5 15 19M5.9 14.25h7.2M17 12.5h5M19.5 10v5"/>',
  access: '<circle cx="12" cy="12" r="9"/><circle cx="12" cy="7.25" r=".75"/><path d="M7.5 10.25c3 .75 6 .75 9 0M12 11v3l-2.25 4M12 14l2.25 4"/>',
  phone: '<path d="M5 4h3.5l1.5 4-2 1.5a13 13 0 0 0 6.5 6.5l1.5-2 4 1.5V19a2 2 0 0 1-2.2 2A17 17 0 0 1 3 6.2 2 2 0 0 1 5 4Z"/>',
  tick: '<path d="m6 12.500 4 4 8-9"/>',
  walk: '<path d="M12 12h.01" stroke-width="8"/>',
  right: '<path d="M5 12h14M13 6l6 6-6 6"/>',
  up: '<path d="M12 19V5M6 11l6-6 6 6"/>',
  down: '<path d="M12 5v14M6 13l6 6 6-6"/>',
  left: '<path d="M19 12H5M11 6l-6 6 6 6"/>',
  done: '<circle cx="12" cy="12" r="9"/><path d="m8 12.25 2.75 2.75L16 9.5"/>',
  todo: '<circle cx="12" cy="12" r="9" stroke-dasharray="3 3.07"/>',
  warn: '<path d="M12 4 2.75 20h18.5L12 4Z"/><path d="M12 10v4.5M12 17.25v.01"/>',
  info: '<circle cx="12" cy="12" r="9"/><path d="M12 11v5.5M12 7.5v.01"/>',
  clock: '<circle cx="12" cy="12" r="9"/><path d="M12 7v5.25l3.5 2"/>',
  calendar: '<rect x="3.5" y="5" width="17" height="15.5" rx="2"/><path d="M3.5 10h17M8 2.75v4M16 2.75v4M8 14h.01M12 14h.01M16 14h.01M8 17h.01M12 17h.01"/>',
  file: '<path d="M6 3h8l4.5 4.5V21H6V3Z"/><path d="M14 3v4.5h4.5M9 12.5h6M9 16h6"/>',
  fileok: '<path d="M6 3h8l4.5 4.5V21H6V3Z"/><path d="M14 3v4.5h4.5M9.25 14.5l2 2 3.5-4"/>',
  form: '<rect x="4" y="3.5" width="16" height="17" rx="2"/><path d="M8 8.5h8M8 12.5h8M8 16.5h4"/>',
  upload: '<path d="M12 16V4.5M7.5 8.5 12 4l4.5 4.5M4 15.5V20h16v-4.5"/>',
  download: '<path d="M12 4v11.5M7.5 11.5 12 16l4.5-4.5M4 15.5V20h16v-4.5"/>',
  print: '<path d="M7 8.5V3.5h10v5M7 17.5H4v-9h16v9h-3"/><path d="M7 14h10v6.5H7V14ZM16.75 11.25h.01"/>',
  copy: '<rect x="8.5" y="8.5" width="12" height="12" rx="2"/><path d="M15.5 5.5v-2h-12v12h2"/>',
  camera: '<path d="M3 8h4.5L9 5.5h6L16.5 8H21v11.5H3V8Z"/><circle cx="12" cy="13.25" r="3.5"/>',
  qr: '<path d="M4 4h6v6H4V4ZM14 4h6v6h-6V4ZM4 14h6v6H4v-6ZM14 14h2.5v2.5H14V14ZM20 14v.01M17.5 20H14M20 17.5V20M7 7h.01M17 7h.01M7 17h.01"/>',
  shield: '<path d="M12 3 4.5 5.75v5.5c0 4.75 3 8 7.5 9.75 4.5-1.75 7.5-5 7.5-9.75v-5.5L12 3Z"/><path d="m8.75 12 2.25 2.25 4.25-4.5"/>',
  seal: '<circle cx="12" cy="12" r="9"/><path d="m12 7 1.45 3.2 3.5.35-2.65 2.3.8 3.4L12 14.45l-3.1 1.8.8-3.4-2.65-2.3 3.5-.35L12 7Z"/>',
  licence: '<rect x="3" y="4.5" width="18" height="15" rx="2"/><circle cx="8.5" cy="10.5" r="2"/><path d="M5.5 16.25c.35-1.7 1.4-2.5 3-2.5s2.65.8 3 2.5M14.5 9.5h4M14.5 12.5h4M14.5 15.5h2.5"/>',
  money: '<circle cx="12" cy="12" r="9"/><path d="m8.5 7 3.5 4.75L15.5 7M12 11.75V17.5M9 12h6M9 14.75h6"/>',
  online: '<rect x="3" y="4.5" width="18" height="12" rx="2"/><path d="M8 20.5h8M12 16.5v4M8.5 10.5l2.25 2.25L15.5 8"/>',
  heart: '<path d="M12 20S3.5 15.25 3.5 9.25A4.6 4.6 0 0 1 12 6.75a4.6 4.6 0 0 1 8.5 2.5C20.5 15.25 12 20 12 20Z"/>',
  filter: '<path d="M4 6.5h16M7 12h10M10 17.5h4"/>',
  inbox: '<path d="M3.5 13.5 6 5h12l2.5 8.5V19h-17v-5.5Z"/><path d="M3.5 13.5H8.5a3.5 3.5 0 0 0 7 0h5"/>',
  star: '<path d="m12 3.5 2.6 5.5 6 .75-4.4 4.15 1.15 5.95L12 16.95l-5.35 2.9L7.8 13.9 3.4 9.75l6-.75L12 3.5Z"/>',
  edit: '<path d="M4 20h4.25L19.5 8.75 15.25 4.5 4 15.75V20ZM12.5 7.25l4.25 4.25"/>',
  eye: '<path d="M2.5 12C5 7.75 8.25 5.75 12 5.75S19 7.75 21.5 12c-2.5 4.25-5.75 6.25-9.5 6.25S5 16.25 2.5 12Z"/><circle cx="12" cy="12" r="2.75"/>',
  lock: '<rect x="5" y="10.5" width="14" height="10" rx="2"/><path d="M8.5 10.5V7.25a3.5 3.5 0 0 1 7 0v3.25M12 14.5v2"/>',
  mail: '<rect x="3" y="5" width="18" height="14" rx="2"/><path d="m3.5 7 8.5 6 8.5-6"/>',
  bell: '<path d="M5.5 17V11a6.5 6.5 0 0 1 13 0v6l1.5 1.5H4L5.5 17ZM10 21h4"/>',
  plus: '<path d="M12 5v14M5 12h14"/>',
  cross: '<path d="m6 6 12 12M18 6 6 18"/>',
  history: '<path d="M4 12a8 8 0 1 0 2.6-5.9L4 8.5M4 4v4.5h4.5M12 8v4.25l3 1.75"/>',
  send: '<path d="M21 3.5 3 10.5l7 3.5 3.5 7L21 3.5ZM10 14l4.5-4.5"/>',
  key: '<circle cx="8" cy="15.5" r="4"/><path d="m11 12.5 8.5-8.5M16 7.5l2.5 2.5M13.5 10l1.5 1.5"/>',
  list: '<path d="M9 6.5h11M9 12h11M9 17.5h11M4.5 6.5h.01M4.5 12h.01M4.5 17.5h.01"/>',
  home: '<path d="M4 10.5 12 4l8 6.5V20h-5.5v-5.5h-5V20H4v-9.5Z"/>',
  law: '<path d="M12 4v16M7.5 20h9M5 7.5h14M5 7.5l-2.5 6a2.7 2.7 0 0 0 5 0L5 7.5ZM19 7.5l-2.5 6a2.7 2.7 0 0 0 5 0l-2.5-6Z"/>',
  chart: '<path d="M4 4v16h16M8 16v-4M12 16V8M16 16v-6"/>',
  pause: '<circle cx="12" cy="12" r="9"/><path d="M9.75 9v6M14.25 9v6"/>',
  desk: '<path d="M3 11h18M5 11v9M19 11v9M8 11V6.5h8V11M12 6.5V4"/>',
  ticket: '<path d="M3.5 6.5h17V10a2 2 0 0 0 0 4v3.5h-17V14a2 2 0 0 0 0-4V6.5ZM14 7v10" />',
  // Clock lights: each has its own outline, so that the shape speaks where the colour does not.
  'light-green': '<circle cx="12" cy="12" r="9"/><path d="m8 12.25 2.75 2.75L16 9.5"/>',
  'light-yellow': '<path d="M12 3.5 2.5 20h19L12 3.5Z"/><path d="M12 10v4.5M12 17.25v.01"/>',
  'light-red': '<path d="M8.25 3h7.5L21 8.25v7.5L15.75 21h-7.5L3 15.75v-7.5L8.25 3Z"/><path d="M12 7.5v5.5M12 16.25v.01"/>',
  'light-warning': '<path d="M18 16v-5a6 6 0 0 0-12 0v5l-1.5 2h15L18 16Z"/><path d="M10 20.5a2.2 2.2 0 0 0 4 0"/>',
  'light-paused': '<circle cx="12" cy="12" r="9"/><path d="M9.75 9v6M14.25 9v6"/>',
  'light-stopped': '<rect x="3.5" y="3.5" width="17" height="17" rx="3"/><path d="M8.5 12h7"/>',
  'fact-match': '<circle cx="12" cy="12" r="9"/><path d="m8 12.25 2.75 2.75L16 9.5"/>',
  'fact-differs': '<path d="M8.25 3h7.5L21 8.25v7.5L15.75 21h-7.5L3 15.75v-7.5L8.25 3Z"/><path d="m9 9 6 6M15 9l-6 6"/>',
  'fact-unknown': '<circle cx="12" cy="12" r="9" stroke-dasharray="3 3.07"/><path d="M9.5 9.75a2.5 2.5 0 1 1 3.6 2.25c-.75.4-1.1.85-1.1 1.75M12 16.75v.01"/>',
  // Ratings: 1 is best.
  'face-1': '<circle cx="12" cy="12" r="9"/><path d="M7.5 13c1 3.5 8 3.5 9 0h-9ZM8.5 9.5c.5-.75 1.5-.75 2 0M13.5 9.5c.5-.75 1.5-.75 2 0"/>',
  'face-2': '<circle cx="12" cy="12" r="9"/><path d="M8 14c1.75 2.25 6.25 2.25 8 0M9 9.5v.01M15 9.5v.01"/>',
  'face-3': '<circle cx="12" cy="12" r="9"/><path d="M8.5 15h7M9 9.5v.01M15 9.5v.01"/>',
  'face-4': '<circle cx="12" cy="12" r="9"/><path d="M8 16c1.75-2.25 6.25-2.25 8 0M9 9.5v.01M15 9.5v.01"/>',
  'face-5': '<circle cx="12" cy="12" r="9"/><path d="M8 16.5c1.75-3 6.25-3 8 0M7.5 8.25l2.5 1.25M16.5 8.25 14 9.5"/>',
  // Themes by meaning
  baby: '<circle cx="12" cy="11" r="7"/><path d="M9.5 10.5v.01M14.5 10.5v.01M9.5 13.75c1.5 1.25 3.5 1.25 5 0M12 4c-1.5 1-1.5 2.5 0 3M8 20.5h8"/>',
  household: '<path d="M4 10.5 12 4l8 6.5V20H4v-9.5Z"/><circle cx="12" cy="12" r="2"/><path d="M8.5 17.5c.5-2 1.7-3 3.5-3s3 1 3.5 3"/>',
  temple: '<path d="M3 10c3.5 0 6.5-1.5 9-5 2.5 3.5 5.5 5 9 5M6 10v10M18 10v10M3.5 20h17M10 20v-5.5h4V20"/>',
  school: '<path d="M12 5 2.5 9.5 12 14l9.5-4.5L12 5ZM6.5 11.5V16c1.5 1.5 3.3 2.25 5.5 2.25S16 17.5 17.5 16v-4.5M21.5 9.5V15"/>',
  medal: '<circle cx="12" cy="15" r="5.5"/><path d="M9 10 6.5 3.5h11L15 10M12 12.75l.75 1.5 1.6.2-1.2 1.1.3 1.6-1.45-.8-1.45.8.3-1.6-1.2-1.1 1.6-.2.75-1.5Z"/>',
  bag: '<rect x="3.5" y="7.5" width="17" height="12.5" rx="2"/><path d="M8.5 7.5V4.5h7v3M3.5 13h17M12 12v2"/>',
  shop: '<path d="M4 10v10h16V10M3 9l2-5h14l2 5a3 3 0 0 1-6 0 3 3 0 0 1-6 0 3 3 0 0 1-6 0ZM9.5 20v-5.5h5V20"/>',
  permit: '<path d="M5 3.5h14V21l-3.5-2-3.5 2-3.5-2L5 21V3.5Z"/><path d="m8.75 10.5 2.25 2.25 4.25-4.5"/>',
  deed: '<path d="M4 10 10 5l6 5v9H4v-9Z"/><path d="M8 19v-4.5h4V19M19 8v9M17 15l2 2 2-2"/>',
  badge: '<circle cx="12" cy="9" r="5.5"/><path d="m8.5 13.5-1.5 7 5-2.5 5 2.5-1.5-7M9.75 9l1.6 1.6L14.5 7.5"/>',
  receipt: '<path d="M5.5 3.5h13V21l-2.2-1.5L14.2 21 12 19.5 9.8 21l-2.1-1.5L5.5 21V3.5Z"/><path d="M9 8.5h6M9 12h6M9 15.5h3"/>',
  rings: '<circle cx="8.5" cy="14" r="5.5"/><circle cx="15.5" cy="14" r="5.5"/><path d="m10 5 2-2 2 2-2 2-2-2Z"/>',
  hands: '<path d="M3 13.5h3.5l3 2h3.5a1.5 1.5 0 0 0 0-3h-3M3 20h3.5l2 .5c2 .5 4 .5 6-.5l6-3.5a1.5 1.5 0 0 0-1.75-2.5L14.5 16"/><path d="M12 9.75S8.25 7.7 8.25 5.25A2 2 0 0 1 12 4.25a2 2 0 0 1 3.75 1C15.75 7.7 12 9.75 12 9.75Z"/>',
  crane: '<path d="M7 21V4l12 4H4M7 4 4 8M15 7v4.5M13 14.5h4l-2-3-2 3ZM4 21h6"/>',
  house: '<path d="M4 10.5 12 4l8 6.5V20H4v-9.5Z"/><path d="M9.5 20v-6h5v6"/>',
  umbrella: '<path d="M3 12.5a9 9 0 0 1 18 0H3ZM12 12.5V19a2 2 0 0 1-4 0M12 3.5v-1"/>',
  idcard: '<rect x="3" y="5" width="18" height="14" rx="2"/><path d="M6.5 9.5h5M6.5 12.5h5M6.5 15.5h3"/><circle cx="16.25" cy="11" r="1.75"/><path d="M13.75 15.5c.3-1.3 1.1-2 2.5-2s2.2.7 2.5 2"/>',
  bus: '<rect x="4.5" y="4" width="15" height="13.5" rx="2"/><path d="M4.5 11.5h15M7.5 17.5V20M16.5 17.5V20M8 14.5h.01M16 14.5h.01"/>',
  mountain: '<path d="M2.5 19.5 9 7l4 7 2.5-4 6 9.5h-19Z"/><circle cx="17.5" cy="5.5" r="1.75"/>',
  passport: '<rect x="5" y="3" width="14" height="18" rx="2"/><circle cx="12" cy="10" r="3.5"/><path d="M8.5 10h7M12 6.5c1.7 2.3 1.7 4.7 0 7-1.7-2.3-1.7-4.7 0-7ZM9 17.5h6"/>',
  cart: '<path d="M3 4h2.5L8 15.5h10L20.5 8H6.5"/><circle cx="9" cy="19" r="1.5"/><circle cx="17" cy="19" r="1.5"/>',
  siren: '<path d="M7 17v-4.5a5 5 0 0 1 10 0V17M4.5 17h15v3.5h-15V17ZM12 4.5V2.5M5 7 3.5 5.5M19 7l1.5-1.5"/>',
  bulb: '<path d="M9 17.5c0-2-3-3.5-3-7.5a6 6 0 0 1 12 0c0 4-3 5.5-3 7.5H9ZM9.5 20.5h5"/>',
  leaf: '<path d="M5 19C4 10 9 4.5 20 4.5 20.5 14 15 19.5 7.5 17.5M4 21c1.5-4 4.5-7.5 9-10"/>',
  palette: '<path d="M12 3.5a8.5 8.5 0 0 0 0 17c1.5 0 2-1 1.5-2-.75-1.5.25-2.75 1.75-2.75h2.25c1.75 0 3-1.25 3-3C20.5 7.25 16.75 3.5 12 3.5ZM8 11v.01M11 7.5v.01M15.5 8.5v.01"/>',
  tap: '<path d="M3.5 9.5h11a4 4 0 0 1 4 4v2h-4v-2h-11v-4ZM9 9.5V5.5M6 5.5h6M16.5 18.5c-.9 1.2-.9 2.5 0 2.5s.9-1.3 0-2.5Z"/>',
  health: '<rect x="3.5" y="3.5" width="17" height="17" rx="3"/><path d="M12 8v8M8 12h8"/>',
  retire: '<path d="M4 20h16M6 20v-6h7v6M6 14V8.5M13 14h4.5V20M3.5 8.5c2-3 6-3 8 0h-8ZM17.5 5a2 2 0 1 0 0 .01"/>',
  flower: '<circle cx="12" cy="8" r="2"/><path d="M12 6a2.25 2.25 0 1 1 1.8 1M13.8 9a2.25 2.25 0 1 1-2.3 1.5M10.5 9.5a2.25 2.25 0 1 1-.3-2.5M12 11v10M12 17c2-.2 3.5-1.2 4.5-3M12 19c-2-.2-3.5-1.2-4.5-3"/>',
  sparkle: '<path d="m12 3.5 1.9 5.6 5.6 1.9-5.6 1.9L12 18.5l-1.9-5.6L4.5 11l5.6-1.9L12 3.5ZM18.5 16.5v4M16.5 18.5h4"/>',
  more: '<path d="M6 12h.01M12 12h.01M18 12h.01"/><circle cx="12" cy="12" r="9"/>',
  yearly: '<rect x="3.5" y="5" width="17" height="15.5" rx="2"/><path d="M3.5 10h17M8 2.75v4M16 2.75v4M8.75 15l2.25 2.25 4.25-4.25"/>',
  invest: '<path d="M4 20h16M5.5 16 10 11l3.5 3L20 6.5M15.5 6.5H20V11"/>',
  bank: '<path d="M3 9.5 12 4l9 5.5H3ZM5.5 9.5V17M10 9.5V17M14 9.5V17M18.5 9.5V17M3 20h18M4 17h16"/>',
  trade: '<path d="M4 8h13l-3-3M20 16H7l3 3"/>',
  gavel: '<path d="m9.5 4.5 5.5 5.5M7 7l5.5 5.5M8.25 5.75l5.5 5.5M11.5 9.5l8.5 8.5M4 20.5h9"/>',
  ship: '<path d="M3.5 14.5h17L18 20H6l-2.5-5.5ZM6.5 14.5V9.5h11v5M12 9.5V4M9 6.5h6"/>',
  farm: '<path d="M12 21V9M12 13c-3.5 0-5.5-2-5.5-5.5C10 7.5 12 9.5 12 13ZM12 10.5c0-3.5 2-5.5 5.5-5.5 0 3.5-2 5.5-5.5 5.5ZM4 21h16M12 17.5c2.5 0 4.5-1 5.5-3.5"/>',
  truck: '<path d="M2.5 6h11v11h-11V6ZM13.5 10h4.5l3.5 3.5V17h-8v-7Z"/><circle cx="7" cy="18" r="1.75"/><circle cx="17" cy="18" r="1.75"/>',
  climate: '<path d="M7 18a4 4 0 0 1-.5-8 5.5 5.5 0 0 1 10.5 1 3.5 3.5 0 0 1 .5 7H7Z"/><path d="M17 4v-1.5M20.5 5.5l1-1M21.5 9H23"/>',
  water: '<path d="M12 3.5s6 6 6 10.5a6 6 0 0 1-12 0c0-4.5 6-10.5 6-10.5Z"/><path d="M9.25 14.25c.2 1.5 1.1 2.5 2.5 2.75"/>',
  flask: '<path d="M9.5 3.5h5M10.5 3.5v6L5 19a1 1 0 0 0 .9 1.5h12.2A1 1 0 0 0 19 19l-5.5-9.5v-6M7.75 15h8.5"/>',
  gauge: '<path d="M4 17a8.5 8.5 0 1 1 16 0"/><path d="m12 15 4-5M12 15v.01M7 13v.01M9 9.5v.01M17.25 13.5v.01"/>',
  lens: '<circle cx="10.5" cy="10.5" r="6.5"/><path d="m15.5 15.5 5 5M7.75 10.5l2 2 3.5-3.75"/>',
  helmet: '<path d="M3 17h18M5 17v-3a7 7 0 0 1 14 0v3M10 7.5V12M14 7.5V12M10 7.25c1.3-.3 2.7-.3 4 0"/>',
  fire: '<path d="M12 21a6.5 6.5 0 0 0 6.5-6.5c0-5-5-6.5-4-11.5-4.5 1.5-6 5-5.5 8-1.2-.3-2-1.3-2.2-2.5-.8 1.5-1.3 3.5-1.3 6A6.5 6.5 0 0 0 12 21Z"/><path d="M12 21c-2 0-3-1.5-3-3s1.5-2.5 3-4.5c1.5 2 3 3 3 4.5s-1 3-3 3Z"/>',
  close: '<path d="M5 21V4.5h10V21M3 21h12M8 8.5h4M8 12h4M18 14l4 4M22 14l-4 4"/>',
  archive: '<path d="M3.5 4h17v5h-17V4ZM5 9v11.5h14V9M9.5 13h5"/>',
};

export const themes = {
  person: {
    '005': 'baby', '010': 'household', '015': 'temple', '020': 'school', '025': 'medal', '030': 'bag', '035': 'shop', '040': 'permit',
    '045': 'deed', '050': 'badge', '055': 'receipt', '060': 'rings', '065': 'hands', '070': 'crane', '075': 'house', '085': 'umbrella',
    '090': 'idcard', '095': 'bus', '100': 'mountain', '105': 'passport', '110': 'cart', '115': 'siren', '120': 'law', '125': 'bulb',
    '130': 'leaf', '135': 'palette', '140': 'tap', '145': 'health', '150': 'retire', '155': 'flower', '998': 'sparkle', '999': 'more',
  },
  org: {
    '005': 'shop', '010': 'permit', '015': 'badge', '020': 'yearly', '025': 'receipt', '030': 'users', '035': 'umbrella', '040': 'invest',
    '045': 'bank', '050': 'deed', '055': 'trade', '060': 'gavel', '065': 'ship', '070': 'globe', '075': 'farm', '085': 'crane',
    '090': 'truck', '095': 'leaf', '100': 'climate', '105': 'water', '110': 'health', '115': 'flask', '120': 'school', '125': 'bulb',
    '130': 'temple', '135': 'gauge', '140': 'lens', '145': 'helmet', '150': 'fire', '155': 'law', '160': 'tap', '165': 'close',
    '170': 'archive', '998': 'sparkle', '999': 'more',
  },
  status: {
    valid: 'done', suspended: 'pause', revoked: 'fact-differs', cancelled: 'light-stopped', forfeited: 'fact-differs', expired: 'clock', not_yet: 'clock',
    superseded: 'history', resaved: 'fact-unknown', altered: 'fact-differs', not_found: 'fact-unknown',
  },
};

// A gate with the tick that says the matter is done.
export const logo =
  '<rect width="40" height="40" rx="9" fill="#1d4f91" stroke="none"/>' +
  '<path d="M9.5 31V12.5A3.5 3.5 0 0 1 13 9h14a3.5 3.5 0 0 1 3.5 3.5V31" fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round"/>' +
  '<path d="m14 21 4.75 4.75L33 11.5" fill="none" stroke="#1d4f91" stroke-width="8" stroke-linecap="round" stroke-linejoin="round"/>' +
  '<path d="m14 21 4.75 4.75L33 11.5" fill="none" stroke="#ffd27a" stroke-width="3.25" stroke-linecap="round" stroke-linejoin="round"/>';

// A drawing for an empty page: the icon that belongs there on a card, in a small landscape.
const hills =
  '<path d="M14 92c10-17 23-24 36-17 9-17 29-23 46-9 15-7 36 2 46 26Z" fill="#e3edf8"/>' +
  '<path d="M8 92h144" stroke="#b5c9e2" stroke-width="2" stroke-linecap="round"/>' +
  '<path d="M23 92V79m0 6c-5 0-7-3-7-7 5 0 7 3 7 7Zm0-4c5 0 7-3 7-7-5 0-7 3-7 7Z" stroke="#2f7d55" stroke-width="2" fill="#d5ebdf" stroke-linejoin="round"/>' +
  '<path d="M136 92V83m0 4c-4 0-6-2-6-6 4 0 6 2 6 6Zm0-2c4 0 6-2 6-6-4 0-6 2-6 6Z" stroke="#2f7d55" stroke-width="2" fill="#d5ebdf" stroke-linejoin="round"/>' +
  '<circle cx="124" cy="31" r="7.5" fill="#ffd27a"/>' +
  '<path d="M26 38h13M32 31h14" stroke="#b5c9e2" stroke-width="2.5" stroke-linecap="round"/>';
export const art = (id) =>
  hills +
  '<rect x="54" y="20" width="54" height="66" rx="7" fill="#fff" stroke="#1d4f91" stroke-width="2"/>' +
  '<path d="M64 76h34M64 69h20" stroke="#c9d8ea" stroke-width="2.5" stroke-linecap="round"/>' +
  `<g transform="translate(64.2 27) scale(1.4)" fill="none" stroke="#1d4f91" stroke-width="1.4" stroke-linecap="round" stroke-linejoin="round">${icons[id]}</g>`;

// Pages that cannot be shown: a signpost, a closed gate, a broken bridge, an hourglass.
const scene = (body) => `${hills}<g fill="#fff" stroke="#1d4f91" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${body}</g>`;
export const scenes = {
  missing: scene('<path d="M78 92V22h5v70"/><path d="M58 30h44l8 8-8 8H58V30Z"/><path d="M103 54H59l-8 7.5 8 7.5h44V54Z" fill="#eef4fb"/><path d="M66 38h26M66 61.5h28" stroke="#8fabd0"/>'),
  denied: scene('<path d="M46 92V44a34 26 0 0 1 68 0v48"/><path d="M56 92V50a24 20 0 0 1 48 0v42Z" fill="#eef4fb"/><path d="M80 33v59M56 66h48" stroke="#8fabd0"/><rect x="68" y="58" width="24" height="19" rx="4" fill="#fff"/><path d="M73 58v-5a7 7 0 0 1 14 0v5" fill="none"/><path d="M80 65.500v5" stroke="#b97a00" stroke-width="3"/>'),
  fault: scene('<path d="M14 70h42l6 8M146 70h-42l-5 8" fill="none"/><path d="M22 70v22M50 70v22M110 70v22M138 70v22" stroke="#8fabd0"/><path d="M22 70c5-19 23-19 28 0M110 70c5-19 23-19 28 0" fill="none"/><path d="M70 92l10-22 10 22Z" fill="#ffe3a8"/><path d="M74 84h12" stroke-width="2.500"/><path d="M80 44v8M80 58v.01" stroke="#b97a00" stroke-width="3.500"/>'),
  busy: scene('<path d="M58 22h44M58 92h44" stroke-width="4"/><path d="M63 24v12c0 9 13 14 13 21s-13 12-13 21v12h34V78c0-9-13-14-13-21s13-12 13-21V24Z"/><path d="M70 38h20c-2 5-8 9-10 13-2-4-8-8-10-13ZM67 88c1-8 8-12 13-16 5 4 12 8 13 16Z" fill="#ffd27a" stroke="none"/>'),
};

// Two rows of houses round the hall of the place, for the head of the home page; white on the deep blue behind it.
export const skyline =
  '<g fill="#fff">' +
  '<g opacity=".1"><path d="M0 190v-46h34v-30h40v30h22v-64h30v64h26V96l24-14 24 14v48h30v-84h14V40h6v20h14v84h28V104h44v40h24V70h40v74h26v-44l20-12 20 12v44h26V84h34v60h30v-30h36v76Z"/></g>' +
  '<g opacity=".16"><path d="M0 190v-26h40v-22h36v22h28v-34h34v60Z"/><path d="M500 190v-60h30v34h34v-24h40v24h36v26Z"/></g>' +
  '<g opacity=".3"><path d="M196 190v-62h-12l36-20h160l36 20h-12v62Z"/><path d="M244 108v-16l56-26 56 26v16Z"/><path d="M297 66V36h6v30Z"/></g>' +
  '<path d="M303 37c8-4 14 4 24 0v14c-10 4-16-4-24 0Z" opacity=".75"/>' +
  '<g opacity=".45"><path d="M178 128h244v5H178ZM168 186h264v4H168Z"/></g>' +
  '</g>' +
  '<g fill="#12356a" opacity=".55"><path d="M212 140h12v46h-12ZM240 140h12v46h-12ZM348 140h12v46h-12ZM376 140h12v46h-12Z"/><path d="M274 190v-34a26 26 0 0 1 52 0v34Z"/></g>' +
  '<path d="m287 168 9 9 19-21" fill="none" stroke="#ffd27a" stroke-width="5" stroke-linecap="round" stroke-linejoin="round"/>' +
  '<g fill="#fff" opacity=".22"><circle cx="152" cy="168" r="13"/><path d="M150 178h4v12h-4ZM456 178h4v12h-4Z"/><circle cx="458" cy="166" r="14"/><circle cx="482" cy="174" r="9"/><path d="M480 180h3v10h-3Z"/></g>';

// Fine interlaced curves behind the face of a licence, as on security paper; drawn, not scanned, and of no real document.
export const guilloche = (stroke, opacity) => {
  const wave = (phase, height) => {
    let d = '';
    for (let i = 0; i <= 12; i += 1) {
      const x = i * 20;
      const y = 60 + height * Math.sin((i / 12) * 2 * Math.PI + phase);
      d += i === 0 ? `M${x} ${y.toFixed(1)}` : `L${x} ${y.toFixed(1)}`;
    }
    return d;
  };
  let body = '';
  for (let i = 0; i < 10; i += 1) body += `<path d="${wave((i * Math.PI) / 5, 52 - i * 1.5)}"/>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="240" height="120" viewBox="0 0 240 120" fill="none" stroke="${stroke}" stroke-opacity="${opacity}" stroke-width=".9" stroke-linejoin="round">${body}</svg>`;
};
