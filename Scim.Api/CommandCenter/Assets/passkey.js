// Asks the browser for a passkey, and posts what it answers with the form that asked.
for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.addEventListener("submit", async event => {
        event.preventDefault();
        const button = form.querySelector("button"), said = form.querySelector("[role=alert]");
        button.disabled = true;
        said.textContent = "";
        try {
            const answer = await fetch(form.dataset.options, { method: "POST", body: new FormData(form) });
            if (!answer.ok) throw new Error(new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[role=alert]")?.textContent ?? "The service does not answer as it should.");
            const { options, state } = await answer.json();
            const credential = form.dataset.passkey === "create"
                ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
                : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
            form.elements.state.value = state;
            form.elements.credential.value = JSON.stringify(credential);
            form.submit();
        } catch (e) {
            button.disabled = false;
            said.textContent = e.name === "InvalidStateError" ? "This device holds a passkey for you already. Sign in with it."
                : e.name === "NotAllowedError" ? "No passkey was given. Try again."
                : e.message;
        }
    });
}
