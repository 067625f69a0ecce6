/* One login for everything: whoever signs out here signs out everywhere. */
export default {
  customScripts: ['scripts/signed-out.js']
};
