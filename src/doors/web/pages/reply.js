// The page writes without this; with it files go up by themselves, show how far they are, and go on when a line breaks.
"use strict";
(() => {
  const form = document.getElementById("write");
  if (!form || !window.XMLHttpRequest || !form.dataset.uploads) return;
  const input = document.getElementById("files");
  const button = form.querySelector("button");
  const say = form.dataset;
  const base = say.uploads + "/" + form.elements.draft.value;
  const waits = [1000, 2000, 4000, 8000, 15000, 30000];
  const jobs = new Set();

  const list = document.createElement("ul");
  list.className = "uploads";
  input.after(list);
  const status = document.createElement("p");
  status.className = "hint";
  status.setAttribute("role", "status");
  button.parentElement.after(status);

  const make = (name, text, kind) => {
    const element = document.createElement(name);
    if (text) element.textContent = text;
    if (kind) element.className = kind;
    return element;
  };

  const ask = (method, path, headers, body, progress) => new Promise((done) => {
    const request = new XMLHttpRequest();
    request.open(method, path);
    request.setRequestHeader("Tus-Resumable", "1.0.0");
    for (const name in headers) request.setRequestHeader(name, headers[name]);
    if (progress) {
      request.upload.onprogress = (event) => progress(event.loaded);
      progress.stop = () => request.abort();
    }
    request.onloadend = () => done(request);
    request.send(body === undefined ? null : body);
  });

  const utf8 = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));
  const pause = (time) => new Promise((done) => {
    const timer = setTimeout(done, time);
    window.addEventListener("online", () => { clearTimeout(timer); done(); }, { once: true });
  });

  const look = () => {
    const open = [...jobs].filter((job) => !job.done);
    button.disabled = open.length > 0;
    status.textContent = open.length > 0 ? say.waiting : "";
  };

  // An upload of the same name and size that broke off before the page was loaded anew.
  const known = (file) => {
    for (const item of document.querySelectorAll(".cut > li")) {
      if (item.dataset.name === file.name && Number(item.dataset.bytes) === file.size) {
        item.remove();
        return base + "/" + item.dataset.number;
      }
    }
    return "";
  };

  class Job {
    constructor(file) {
      this.file = file;
      this.path = known(file);
      this.row = make("li");
      this.bar = make("progress");
      this.bar.max = Math.max(file.size, 1);
      this.bar.value = 0;
      this.bar.setAttribute("aria-label", file.name);
      this.note = make("span", "", "muted");
      this.again = make("button", say.retry, "quiet small");
      this.drop = make("button", say.remove, "quiet small");
      this.again.type = this.drop.type = "button";
      this.drop.setAttribute("aria-label", say.remove + ": " + file.name);
      this.again.setAttribute("aria-label", say.retry + ": " + file.name);
      this.again.hidden = true;
      this.again.onclick = () => this.run();
      this.drop.onclick = () => this.remove();
      const name = make("span", "", "name");
      name.append(make("bdi", file.name));
      this.row.append(name, this.bar, this.note, this.again, this.drop);
      list.append(this.row);
      jobs.add(this);
      this.run();
    }

    async run() {
      this.again.hidden = true;
      this.stopped = false;
      look();
      let tries = 0;
      while (!this.stopped) {
        const before = this.bar.value;
        const answer = await this.step();
        if (this.stopped || this.done) break;
        if (answer === "refused") {
          this.note.textContent = say.failed;
          this.again.hidden = false;
          this.stopped = true;
          break;
        }
        if (this.bar.value > before) tries = 0;
        this.note.textContent = say.lost;
        await pause(waits[Math.min(tries++, waits.length - 1)]);
      }
      look();
    }

    // One try: where it is, then the rest.
    async step() {
      let at = 0;
      if (!this.path) {
        const answer = await ask("POST", base, {
          "Upload-Length": this.file.size,
          "Upload-Metadata": "filename " + utf8(this.file.name),
        });
        if (answer.status !== 201) return this.judge(answer);
        this.path = answer.getResponseHeader("Location");
      } else {
        const answer = await ask("HEAD", this.path, {});
        if (answer.status !== 200) return this.judge(answer);
        at = Number(answer.getResponseHeader("Upload-Offset"));
      }
      this.show(at);
      if (at < this.file.size) {
        this.progress = (loaded) => this.show(at + loaded);
        const answer = await ask("PATCH", this.path, {
          "Content-Type": "application/offset+octet-stream",
          "Upload-Offset": at,
        }, this.file.slice(at), this.progress);
        if (answer.status !== 204) return this.judge(answer);
        at = Number(answer.getResponseHeader("Upload-Offset"));
        this.show(at);
        if (at < this.file.size) return "later";
      }
      this.done = true;
      this.note.textContent = say.done;
      this.keep = make("input");
      this.keep.type = "hidden";
      this.keep.name = "keep";
      this.keep.value = this.path.split("/").pop();
      this.row.append(this.keep);
      return "done";
    }

    judge(answer) {
      if (answer.status === 404 || answer.status === 410) this.path = "";
      const later = answer.status === 0 || answer.status >= 500 || [408, 409, 410, 423].includes(answer.status);
      return later && answer.status !== 507 ? "later" : "refused";
    }

    show(bytes) {
      this.bar.value = Math.min(bytes, this.bar.max);
      this.note.textContent = Math.floor(100 * this.bar.value / this.bar.max) + " %";
    }

    async remove() {
      this.stopped = true;
      if (this.progress && !this.done) this.progress.stop();
      jobs.delete(this);
      this.row.remove();
      look();
      input.focus();
      if (this.path) await ask("DELETE", this.path, {});
    }
  }

  const add = (files) => {
    for (const file of files) new Job(file);
    input.value = "";
  };
  input.addEventListener("change", () => add(input.files));
  form.addEventListener("dragover", (event) => {
    if ([...event.dataTransfer.types].includes("Files")) {
      event.preventDefault();
      form.classList.add("over");
    }
  });
  form.addEventListener("dragleave", () => form.classList.remove("over"));
  form.addEventListener("drop", (event) => {
    if (event.dataTransfer.files.length === 0) return;
    event.preventDefault();
    form.classList.remove("over");
    add(event.dataTransfer.files);
  });
  form.addEventListener("submit", (event) => {
    if ([...jobs].some((job) => !job.done)) event.preventDefault();
    else button.disabled = false;
  });
  // Back from the next page: nothing is under way.
  window.addEventListener("pageshow", look);
})();
