// Takes the pictures of the capture page with the camera and puts them into the form's own file fields.
// Without this script, or without a camera, the same fields take files; then `from_file` stays 1.
"use strict";
(() => {
  const form = document.getElementById("capture-form");
  if (!form || !navigator.mediaDevices || !window.DataTransfer) return;

  const byId = (id) => document.getElementById(id);
  const send = byId("send-capture");
  const files = byId("files");
  const fromFile = byId("from-file");
  const problem = byId("camera-problem");
  const shots = ["document", "face"].map(prepare);
  // Frames of one capture: the faces of all must agree.
  const FRAMES = { document: 1, face: 3 };
  const FRAME_MILLIS = 250;

  byId("camera").hidden = false;
  files.open = false;
  refresh();

  form.addEventListener("submit", () => {
    shots.forEach((shot) => stop(shot));
    send.disabled = true;
    byId("sending").hidden = false;
  });
  window.addEventListener("pagehide", () => shots.forEach((shot) => stop(shot)));
  window.addEventListener("pageshow", () => {
    byId("sending").hidden = true;
    refresh();
  });

  function prepare(name) {
    const shot = {
      name,
      input: byId("file-" + name),
      video: byId("video-" + name),
      picture: byId("picture-" + name),
      open: byId("open-" + name),
      take: byId("take-" + name),
      done: byId("done-" + name),
      stream: null,
      byCamera: false,
    };
    // The button is disabled until both pictures are there, so the browser need not complain about a field out of sight.
    shot.input.required = false;
    shot.open.addEventListener("click", () => start(shot));
    shot.take.addEventListener("click", () => take(shot));
    shot.input.addEventListener("change", () => {
      shot.byCamera = false;
      shot.picture.hidden = true;
      refresh();
    });
    return shot;
  }

  async function start(shot) {
    shots.forEach((other) => stop(other));
    problem.hidden = true;
    try {
      shot.stream = await navigator.mediaDevices.getUserMedia({
        audio: false,
        video: {
          facingMode: shot.name === "document" ? "environment" : "user",
          width: { ideal: shot.name === "document" ? 1920 : 1280 },
          height: { ideal: shot.name === "document" ? 1080 : 960 },
        },
      });
    } catch {
      problem.hidden = false;
      files.open = true;
      return;
    }
    shot.video.srcObject = shot.stream;
    shot.video.hidden = false;
    shot.picture.hidden = true;
    await shot.video.play();
    shot.open.hidden = true;
    shot.take.hidden = false;
    shot.take.focus();
  }

  async function take(shot) {
    shot.take.disabled = true;
    const taken = new DataTransfer();
    for (let n = 0; n < FRAMES[shot.name]; n += 1) {
      if (n > 0) await new Promise((after) => setTimeout(after, FRAME_MILLIS));
      const frame = await frameOf(shot.video);
      if (frame) taken.items.add(new File([frame], shot.name + n + ".jpg", { type: "image/jpeg" }));
    }
    shot.take.disabled = false;
    stop(shot);
    if (taken.files.length === 0) {
      problem.hidden = false;
      return;
    }
    shot.input.files = taken.files;
    shot.byCamera = true;
    URL.revokeObjectURL(shot.picture.src);
    shot.picture.src = URL.createObjectURL(taken.files[0]);
    shot.picture.hidden = false;
    shot.open.textContent = shot.open.dataset.again;
    refresh();
  }

  function frameOf(video) {
    const canvas = document.createElement("canvas");
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    if (canvas.width === 0) return Promise.resolve(null);
    canvas.getContext("2d").drawImage(video, 0, 0);
    return new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.92));
  }

  function stop(shot) {
    if (shot.stream) shot.stream.getTracks().forEach((track) => track.stop());
    shot.stream = null;
    shot.video.srcObject = null;
    shot.video.hidden = true;
    shot.open.hidden = false;
    shot.take.hidden = true;
  }

  function refresh() {
    shots.forEach((shot) => { shot.done.hidden = shot.input.files.length === 0; });
    send.disabled = shots.some((shot) => shot.input.files.length === 0);
    // The assurance is about the face: a file says nothing of when and by whom it was made.
    fromFile.value = shots[1].byCamera ? "0" : "1";
  }
})();
