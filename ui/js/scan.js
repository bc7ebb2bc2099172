// The verify page's camera: reads a QR code in the browser and fills the one field. No picture leaves the device.
(function () {
  'use strict';
  var box = document.querySelector('[data-scan]');
  if (!box || !navigator.mediaDevices || !window.jsQR) return;
  var button = box.querySelector('[data-scan-start]');
  var video = box.querySelector('video');
  var say = box.querySelector('[data-scan-say]');
  var field = document.getElementById(box.dataset.scan);
  var canvas = document.createElement('canvas');
  var pen = canvas.getContext('2d', { willReadFrequently: true });
  var stream = null;

  function stop() {
    if (stream) stream.getTracks().forEach(function (t) { t.stop(); });
    stream = null;
    video.hidden = true;
    button.setAttribute('aria-pressed', 'false');
  }
  function look() {
    if (!stream) return;
    if (video.readyState >= 2 && video.videoWidth) {
      var scale = Math.min(1, 640 / video.videoWidth);
      canvas.width = Math.round(video.videoWidth * scale);
      canvas.height = Math.round(video.videoHeight * scale);
      pen.drawImage(video, 0, 0, canvas.width, canvas.height);
      var code = window.jsQR(pen.getImageData(0, 0, canvas.width, canvas.height).data, canvas.width, canvas.height);
      if (code && code.data) {
        stop();
        field.value = code.data;
        field.form.requestSubmit();
        return;
      }
    }
    requestAnimationFrame(look);
  }
  button.hidden = false;
  button.addEventListener('click', function () {
    if (stream) { stop(); return; }
    navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } }).then(function (s) {
      stream = s;
      video.srcObject = s;
      video.hidden = false;
      button.setAttribute('aria-pressed', 'true');
      say.textContent = say.dataset.looking;
      video.play();
      look();
    }, function () { say.textContent = say.dataset.refused; });
  });
  window.addEventListener('pagehide', stop);
})();
