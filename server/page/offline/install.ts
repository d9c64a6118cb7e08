/// <reference types="vite/client" />
/** Sets up the service worker, where there is one to be had, and tells when a newer version of the page is ready. */

export function installOffline(onNewVersion: () => void): void {
  // While the page is developed, its files change under its feet.
  if (!('serviceWorker' in navigator) || import.meta.env.MODE === 'development') return;
  const hadOne = navigator.serviceWorker.controller !== null;
  navigator.serviceWorker.addEventListener('controllerchange', () => {
    if (hadOne) onNewVersion();
  });
  // A browser that refuses it, as in private windows, still has the page.
  navigator.serviceWorker.register(new URL('sw.js', document.baseURI)).catch(() => {});
}
