// Reads a chosen file into the field that its input names; whoever runs no scripts pastes it there.
(function () {
  'use strict';

  document.querySelectorAll('input[type=file][data-into]').forEach(function (input) {
    input.closest('.onlywithscript').hidden = false;
    input.addEventListener('change', function () {
      if (input.files.length === 1) {
        input.files[0].text().then(function (text) {
          document.getElementById(input.getAttribute('data-into')).value = text;
        });
      }
    });
  });
}());
