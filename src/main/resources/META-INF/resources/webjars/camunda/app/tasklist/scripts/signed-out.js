/* Camunda's own login opens nothing here. Where its page leads to it, the session is over: the rest of the way out is ours. */
function leave() {
  if (/^#!?\/login/.test(window.location.hash)) {
    window.location.replace('/signed-out');
  }
}

window.addEventListener('hashchange', leave);
leave();

export default {};
