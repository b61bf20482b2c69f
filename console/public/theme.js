// Before the first paint: a chosen theme must not flash the other one. A file of its own because the policy forbids inline scripts.
try {
  const choice = localStorage.getItem('onecli.theme');
  if (choice === 'light' || choice === 'dark') document.documentElement.dataset.theme = choice;
} catch {
  // Storage may be closed to us; the system's preference then decides.
}
