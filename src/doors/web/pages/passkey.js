// The pages do all without this; with it a passkey can hold what a cookie would. What it says is written into no page.
"use strict";
(async () => {
  const button = document.getElementById("passkey");
  const able = window.PublicKeyCredential && PublicKeyCredential.getClientCapabilities;
  if (!button || !able) return;
  const can = await PublicKeyCredential.getClientCapabilities();
  if (!can["extension:prf"]) return;

  const form = button.form;
  const say = button.dataset;
  const host = location.hostname;
  const random = (size) => crypto.getRandomValues(new Uint8Array(size));
  const write = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const read = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const known = say.known.split(" ").filter(Boolean).map((name) => ({ type: "public-key", id: read(name) }));
  const extensions = { prf: { eval: { first: new TextEncoder().encode("cloakroom " + host + " " + say.mark) } } };
  const status = document.createElement("p");
  status.className = "hint";
  status.setAttribute("role", "alert");
  button.parentElement.after(status);

  const ask = (allowCredentials) => navigator.credentials.get({ publicKey: {
    challenge: random(32), rpId: host, userVerification: "required", allowCredentials, extensions,
  } });
  const make = () => navigator.credentials.create({ publicKey: {
    challenge: random(32),
    rp: { id: host, name: host },
    user: { id: random(32), name: say.name, displayName: say.name },
    pubKeyCredParams: [-7, -8, -257].map((alg) => ({ type: "public-key", alg })),
    authenticatorSelection: { residentKey: "preferred", userVerification: "required" },
    extensions,
  } });
  const said = (passkey) => {
    const { prf } = passkey.getClientExtensionResults();
    return prf && prf.results && prf.results.first;
  };

  button.onclick = async () => {
    status.textContent = "";
    const { terms } = form.elements;
    if (say.name ? !form.reportValidity() : terms && !terms.reportValidity()) return;
    button.disabled = true;
    try {
      // One of a colleague's, or on another telephone, is not at hand here: then this is one more.
      const instead = () => say.name ? make() : Promise.reject();
      let passkey = await (known.length ? ask(known).catch(instead) : make());
      if (!said(passkey) && say.name) passkey = await ask([{ type: "public-key", id: passkey.rawId }]);
      const token = write(said(passkey));
      const add = ({ formData }) => {
        formData.set("passkey", token);
        formData.set("passkey_name", write(passkey.rawId));
      };
      if (!said(passkey) || token.length !== 43) throw new Error();
      form.addEventListener("formdata", add, { once: true });
      form.submit();
    } catch {
      status.textContent = say.failed;
    }
    button.disabled = false;
  };
  form.hidden = button.hidden = false;
})();
