// Runs before anything is painted: the theme chosen last, or the system's.
(() => {
  const KEY = 'ringtally.theme';
  let chosen = null;
  try {
    chosen = localStorage.getItem(KEY);
  } catch {
    // no storage in this frame: the system's theme it is
  }
  if (chosen === 'light' || chosen === 'dark') {
    document.documentElement.dataset.theme = chosen;
  }
})();
