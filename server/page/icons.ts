/** The page's icons: paths on a grid of 24, drawn as lines. */
export const ICONS = {
  read: 'M4 20c4-13 9-16 12-16 5 0 1 8-9 11',
  history: 'M12 7v5l3.5 2M4 12a8 8 0 1 0 2.6-5.9M4 4v4.5h4.5',
  train: 'M4 19h16M5 15l4.5-5 4 3L19 6',
  model: 'M5 6h4v4H5zM5 14h4v4H5zM15 10h4v4h-4zM9 8l6 3M9 16l6-3',
  about: 'M12 11v6M12 7.2v.1M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0z',
  pen: 'M4 20l1-4L16.5 4.5l3 3L8 19zM14 7l3 3',
  eraser: 'M8 20h12M5 15l9.5-10 5 4.8L11 20H8.5L5 16.6zM9.5 10l5.5 5',
  undo: 'M9 14L4 9l5-5M4 9h10a6 6 0 0 1 0 12h-3',
  redo: 'M15 14l5-5-5-5M20 9H10a6 6 0 0 0 0 12h3',
  clear: 'M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13M10.5 11v5M13.5 11v5',
  picture: 'M4 5h16v14H4zM4 16l5-5 4 4 2.5-2.5L20 17M15 9.2v.1',
  camera: 'M4 8h3.5L9 5.5h6L16.5 8H20v11H4zM15.5 13a3.5 3.5 0 1 1-7 0 3.5 3.5 0 0 1 7 0z',
  check: 'M5 12.5l4.5 4.5L19 7',
  close: 'M6 6l12 12M18 6L6 18',
  download: 'M12 4v11M7 11l5 5 5-5M5 20h14',
  search: 'M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.5 15.5L20 20',
} as const;
